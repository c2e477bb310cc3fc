"""Nobody can take a body of the demo for a real one."""

from collections import Counter

from app.accounts.models import OrgType
from app.core.codes import is_local_government_code
from app.demo.bodies import sample_bodies


def test_sample_bodies_have_codes_outside_the_47_prefectures() -> None:
    codes = [body.code for body in sample_bodies()]

    assert all(is_local_government_code(code) for code in codes)
    assert {code[:2] for code in codes} == {str(number) for number in range(84, 100)}
    assert len(set(codes)) == 74


def test_sample_bodies_are_named_by_stems_and_branches() -> None:
    bodies = sample_bodies()

    names = [body.name for body in bodies]

    assert (names[0], names[15], names[16], len(set(names))) == ("甲県", "巳県", "甲子市", 74)
    assert Counter(name[-1] for name in names) == {"県": 16, "市": 51, "町": 7}


def test_sample_bodies_number_municipalities_by_type() -> None:
    hundreds = {
        org_type: {body.code[2] for body in sample_bodies() if body.org_type is org_type}
        for org_type in OrgType
    }

    assert hundreds == {
        OrgType.PREFECTURE: {"0"},
        OrgType.DESIGNATED_CITY: {"1"},
        OrgType.CORE_CITY: {"2"},
        OrgType.CITY: {"2"},
        OrgType.TOWN_VILLAGE: {"3"},
        OrgType.SPECIAL_WARD: set(),
        OrgType.UNION: set(),
    }
