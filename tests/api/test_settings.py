"""Settings come from the environment, and what can't be used is one sentence that names the variable."""

import pytest

from api.settings import Settings, SettingsError


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("DOORSTEP_PORT", "eighty"),
        ("DOORSTEP_API_PROCESSES", "0"),
        ("DOORSTEP_API_PROCESSES", "-2"),
        ("DOORSTEP_SOLVE_THREADS", "0"),
        ("DOORSTEP_SOLVE_SECONDS", "nan"),
        ("DOORSTEP_SOLVE_SECONDS", "-4"),
        ("DOORSTEP_SOLVE_SECONDS", "soon"),
        ("DOORSTEP_OSRM_URL", "foo"),
        ("DOORSTEP_SITE_URL", "ftp://x"),
        ("DOORSTEP_LOG", "xml"),
        ("DOORSTEP_EMERGENCY_LINE", "ask at the gate"),
        ("DOORSTEP_EMERGENCY_LINE", "()"),
        ("DOORSTEP_SECRET", "short"),
        ("DOORSTEP_PHOTOS", "photos"),
        ("DOORSTEP_PHOTO_BYTES", "0"),
        ("DOORSTEP_PHOTO_BYTES", "20 MB"),
        ("DOORSTEP_PHOTO_BYTES_A_DAY", "1000"),
        ("DOORSTEP_GEOCODER", "atlas"),
        ("DOORSTEP_GEOCODER", "amap"),
    ],
)
def test_a_value_that_makes_no_sense_is_refused_by_name(variable: str, value: str) -> None:
    with pytest.raises(SettingsError, match=variable):
        Settings.from_environment({variable: value})


def test_an_empty_environment_is_good_and_a_secret_is_never_told() -> None:
    assert Settings.from_environment({}) == Settings()
    with pytest.raises(SettingsError) as told:
        Settings.from_environment({"DOORSTEP_SECRET": "hush"})
    assert "hush" not in str(told.value)
