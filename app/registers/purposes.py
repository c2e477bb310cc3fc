"""What each register is for (台帳の役割): shown beside its name."""

from collections.abc import Mapping
from typing import NamedTuple

from app.registers.models import Register


class Purpose(NamedTuple):
    """What a register lists, and the category it is evidence for (台帳の役割)."""

    words: str
    category: str


PURPOSES: Mapping[Register, Purpose] = {
    Register.TYPES: Purpose("デジタル田園都市国家構想交付金 TYPES で作られている共通基盤", "A"),
    Register.BUNKEN: Purpose("共通化に関係する分権提案。年と管理番号で引く", "B"),
    Register.CORE20: Purpose("標準化法の対象である業務（いわゆる20業務）", "C"),
    Register.CLOSELY_RELATED: Purpose("20業務と密接に関連する業務・システムと、その連携先", "C"),
    Register.KEIYU_JIMU: Purpose("地方公共団体が経由して処理している事務の種類と手続数", "D"),
    Register.KEIYU_CHOSA: Purpose("地方公共団体が中間集計している調査の、府省庁ごとの数", "D"),
    Register.COMMON_SYSTEM: Purpose("既にある共通システム", "F-1"),
    Register.DPI: Purpose("地方公共団体だけの課題ではない、国全体の基盤", "E"),
}
