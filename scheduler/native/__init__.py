"""The search kernel in C++: `_kernel`, built when Doorstep is installed, and missing where nothing could build it."""
