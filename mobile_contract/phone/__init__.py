"""What the reference client (`mobile_contract.client`) is made of; nothing outside it looks in here."""
