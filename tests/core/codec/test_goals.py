import pytest

from core.codec.goals import Quality, role_numbers, text_of
from core.codec.settings import CompressSettings
from core.errors import InputError
from core.textures.roles import Role


@pytest.mark.parametrize("text", ["albedo=38 normal=40.5", "albedo = 38, normal=40.5;", " ALBEDO=38  normal = 40.5 "])
def test_roles_and_numbers(text: str) -> None:
    assert role_numbers(text, "--x") == {Role.ALBEDO: 38.0, Role.NORMAL: 40.5}


def test_nothing_is_nothing() -> None:
    assert role_numbers("  ", "--x") == {}


@pytest.mark.parametrize("text", ["albedo", "albedo=", "albedo=x", "wood=3", "=3", "albedo=1e", "albedo=3 normal"])
def test_what_cannot_be_read_names_the_option(text: str) -> None:
    with pytest.raises(InputError, match="--target-maps"):
        role_numbers(text, "--target-maps")


def test_the_worst_demand_decides() -> None:
    quality = Quality(36.0, {Role.NORMAL: 40.0})
    assert quality.margin(37.0, {Role.NORMAL: 39.5}) == pytest.approx(-0.5)
    assert quality.margin(35.0, {Role.NORMAL: 45.0}) == pytest.approx(-1.0)
    assert quality.text() == "36 dB and normal 40 dB"


def test_two_goals_have_two_texts() -> None:
    settings = [
        CompressSettings(),
        CompressSettings(bpp=2.5),
        CompressSettings(max_bytes=9000),
        CompressSettings(target_psnr=38.0),
        CompressSettings(target_psnr=38.0, target_maps="normal=40"),
        CompressSettings(match="bc"),
    ]
    assert len({text_of(one) for one in settings}) == len(settings)
