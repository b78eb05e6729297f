import pytest

from domain.consent import consent_in, consents


def test_a_site_in_china_shows_a_text_that_names_the_law_and_others_one_that_names_none() -> None:
    china, elsewhere = consent_in("Asia/Shanghai"), consent_in("Europe/Lisbon")
    assert (china.language, elsewhere.language) == ("zh", "en")
    assert "第十三条" in china.text("zh")
    assert "第十三条" in china.law
    assert elsewhere.law == ""
    assert "电子签名法" not in elsewhere.zh


def test_a_version_that_a_phone_showed_is_kept_and_an_unknown_one_is_the_newest() -> None:
    newest = consent_in("Asia/Shanghai")
    assert consent_in("Asia/Shanghai", newest.version) is newest
    assert consent_in("Asia/Shanghai", "1999-01-01") is newest


@pytest.mark.parametrize("consent", consents(), ids=lambda one: f"{one.version} {one.zones}")
def test_every_text_is_there_in_both_languages_with_its_source(consent: object) -> None:
    assert all(getattr(consent, name) for name in ("en", "zh", "source", "version"))
