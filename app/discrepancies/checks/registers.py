"""Proposals held against the registers (台帳との食い違い)."""

from app.core.clock import to_jst
from app.discrepancies.checks.facts import Facts
from app.discrepancies.checks.places import cases_place, category_place, register_place
from app.discrepancies.findings import Figure, Finding, Kind
from app.discrepancies.queries import bunken_size
from app.registers.models import Register
from app.registers.purposes import PURPOSES
from app.registers.queries import sum_of


def find_same_figure(facts: Facts) -> list[Finding]:
    """Find as many proposals as 経由調査 in the register: 232 of each (同じ数)."""
    proposals, surveys = len(facts.cases.counted), sum_of(Register.KEIYU_CHOSA)
    if not proposals or proposals != surveys:
        return []
    return [
        Finding(
            kind=Kind.SAME_FIGURE,
            key="proposals-surveys",
            sentence=(
                f"この募集回の提案は{proposals}件、台帳「経由調査」の調査は{surveys}調査で、"
                "数が同じです。別々のものを数えた結果なら、そう説明してください。"
            ),
            figures=(Figure("提案", f"{proposals}件"), Figure("経由調査", f"{surveys}調査")),
            places=(
                cases_place(facts.round, "提案の一覧"),
                register_place(Register.KEIYU_CHOSA, "台帳「経由調査」"),
            ),
        )
    ]


def find_bunken(facts: Facts) -> list[Finding]:
    """Find another number of cases in class B than lines and 管理番号 of the year (分権提案)."""
    code = PURPOSES[Register.BUNKEN].category
    categories = [row for row in facts.round.scheme.categories if row.code == code]
    size = bunken_size(to_jst(facts.round.opens_at).year)
    if not categories or not size.lines:
        return []
    count = facts.settled_count(categories)
    if not count or count == size.lines == size.control_numbers:
        return []
    return [
        Finding(
            kind=Kind.BUNKEN,
            key="class-lines",
            sentence=(
                f"分類{code}の提案は{count}件ですが、台帳「分権提案」は{size.lines}行で、"
                f"管理番号は{size.control_numbers}個あります。"
            ),
            figures=(
                Figure(f"分類{code}の提案", f"{count}件"),
                Figure("分権提案の行", f"{size.lines}行"),
                Figure("その管理番号の数", f"管理番号{size.control_numbers}個"),
            ),
            places=(
                category_place(facts.round, categories[0]),
                register_place(Register.BUNKEN, "台帳「分権提案」"),
            ),
        )
    ]
