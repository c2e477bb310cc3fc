"""Cases of the practice up to their class (操作練習の案件): whose, and what happened when."""

from typing import NamedTuple


class PracticeCase(NamedTuple):
    """A case of the practice (練習の案件): whose, in which category, and what happened to it.

    `steps` are words with the office days before the loading, in order: `assess:1@5` is an opinion
    of officer 1, five office days ago. The lead assigns, closes, releases; the body does the rest.
    `ministry` is that of its text, "" for any.
    """

    body: str
    category: str
    steps: str
    ministry: str = ""


# The dates leave some cases in time and some overdue in every state that has a deadline.
CASES = (
    PracticeCase("甲子市", "f2", "draft@3"),
    PracticeCase("甲県", "keiyu", "draft@2 joint@1"),
    PracticeCase("甲子市", "f4", "draft@6 submit@6 back:1@4"),
    PracticeCase("甲県", "types", "draft@14 submit@13 back:2@9"),
    PracticeCase("甲子市", "core20", "draft@12 submit@11 back:1@9 correct@3 submit@2"),
    PracticeCase("甲子市", "core20", "draft@2 submit@1"),
    PracticeCase("甲県", "dpi", "draft@4 submit@2"),
    PracticeCase("乙亥市", "f5", "draft@8 submit@6"),
    PracticeCase("乙県", "f1", "draft@4 submit@3 accept:1@1"),
    PracticeCase("丁卯市", "core20", "draft@6 submit@5 accept:2@2"),
    PracticeCase("甲子市", "f3", "draft@9 submit@8 accept:3@6"),
    PracticeCase("甲県", "keiyu", "draft@5 submit@5 accept:2@3 assign:1@2"),
    PracticeCase("壬子町", "core20", "draft@12 submit@12 accept:1@10 assign:1@9"),
    PracticeCase("戊寅市", "f2", "draft@19 submit@18 accept:2@16 assign:1@14"),
    PracticeCase("甲子市", "f1", "draft@6 submit@6 accept:1@4 assign:2@3"),
    PracticeCase(
        "丙県", "keiyu", "draft@12 submit@11 accept:3@10 assign:2@9 assess:2@5 dispute:1@2"
    ),
    PracticeCase("庚午市", "f6", "draft@7 submit@7 accept:4@6 assign:3@4"),
    PracticeCase("甲県", "f1", "draft@9 submit@9 accept:2@8 assign:1@7 assess:1@1"),
    PracticeCase("丙寅市", "f5", "draft@13 submit@12 accept:2@10 assign:1@9 assess:1@5"),
    PracticeCase("甲子市", "core20", "draft@11 submit@10 accept:1@9 assign:2@8 assess:2@2"),
    PracticeCase("戊戌市", "types", "draft@9 submit@8 accept:4@7 assign:3@6 assess:3@1"),
    PracticeCase(
        "己丑市",
        "f5",
        "draft@22 submit@21 accept:1@19 assign:3@18 assess:3@13 dispute:4@11 assess:3@8"
        " dispute:5@4",
    ),
    PracticeCase("丁県", "keiyu", "draft@16 submit@15 accept:2@13 assign:1@12 hold_past:1@8"),
    PracticeCase("辛巳市", "f2", "draft@10 submit@9 accept:1@7 assign:4@6 hold:4@2"),
    PracticeCase(
        "甲子市", "dpi", "draft@16 submit@15 accept:2@14 assign:1@13 assess:1@9 confirm:2@7"
    ),
    PracticeCase(
        "甲県", "types", "draft@14 submit@13 accept:3@12 assign:2@11 assess:2@8 confirm:1@6"
    ),
    PracticeCase(
        "甲子市",
        "core20",
        "draft@24 submit@23 accept:4@22 assign:3@21 assess:3@17 confirm:1@15 close@6",
    ),
    PracticeCase("甲県", "dpi", "draft@10 submit@9 accept:5@8 withdraw@5"),
    PracticeCase("甲子市", "core20", "draft@9 submit@8 accept:2@7 merge:1@3"),
)
MERGED_INTO = 12  # place in CASES of the case, still in review, that the merged one goes into
MERGE_REASON = "同じ業務の同じ機能を求めているため、1件として検討する。"
