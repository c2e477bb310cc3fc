"""Cases of the practice that went to ministries (操作練習の送付): one in every state of a hand-off.

The steps read as those of `practice.CASES`; what ministries do is told by `ministries`.
"""

from app.demo.practice_cases import PracticeCase


def _classified(day: int) -> str:
    """Words for a case whose class was settled so many office days ago (分類の確定まで)."""
    return (
        f"draft@{day + 4} submit@{day + 4} accept:1@{day + 3} assign:2@{day + 2}"
        f" assess:2@{day + 1} confirm:1@{day}"
    )


# Within the terms of a round (受領3・回答20・見解10 office days) some are in time, some overdue.
HANDED_OFF = (
    # Prepared; received in time, late, and taken back.
    PracticeCase("丙県", "keiyu", f"{_classified(5)} prepare:mhlw@2", "厚生労働省"),
    PracticeCase("戊辰市", "core20", f"{_classified(3)} send:mhlw@1", "厚生労働省"),
    PracticeCase("癸酉町", "core20", f"{_classified(7)} send:mhlw@6", "厚生労働省"),
    PracticeCase("乙県", "dpi", f"{_classified(2)} send:digital@1", "デジタル庁"),
    PracticeCase("己卯町", "core20", f"{_classified(10)} send:mhlw@9 recall:mhlw@6", "厚生労働省"),
    # Acknowledged: due soon, overdue, and a draft that waits for its coordinator.
    PracticeCase("甲県", "keiyu", f"{_classified(20)} send:mhlw@19 ack:mhlw@18", "厚生労働省"),
    PracticeCase("庚午市", "core20", f"{_classified(25)} send:mhlw@25 ack:mhlw@24", "厚生労働省"),
    PracticeCase(
        "丁県",
        "keiyu",
        f"{_classified(13)} send:mhlw@12 related:digital@12 ack:mhlw@11 ack:digital@10"
        " write:mhlw@5 ask:mhlw@3",
        "厚生労働省",
    ),
    PracticeCase(
        "丁卯市",
        "dpi",
        f"{_classified(18)} send:digital@17 ack:digital@16 write:digital@6 ask:digital@2",
        "デジタル庁",
    ),
    # Given back: waits to be sent on.
    PracticeCase(
        "戊県", "f1", f"{_classified(9)} send:mhlw@8 ack:mhlw@7 refuse:mhlw@3", "厚生労働省"
    ),
    PracticeCase(
        "己丑市", "dpi", f"{_classified(6)} send:digital@5 refuse:digital@2", "デジタル庁"
    ),
    # Answered, and what comes of it.
    PracticeCase(
        "甲子市",
        "core20",
        f"{_classified(15)} send:mhlw@14 related:digital@14 ack:mhlw@13 ack:digital@12"
        " answer:mhlw@4 answer:digital@3",
        "厚生労働省",
    ),
    PracticeCase(
        "甲子市",
        "core20",
        f"{_classified(22)} send:mhlw@21 ack:mhlw@20 answer:mhlw@10 release@4",
        "厚生労働省",
    ),
    PracticeCase(
        "甲子市",
        "dpi",
        f"{_classified(22)} send:digital@21 ack:digital@20 answer:digital@12 release@8 view@3",
        "デジタル庁",
    ),
    PracticeCase(
        "甲子市",
        "core20",
        f"{_classified(24)} send:mhlw@23 ack:mhlw@22 answer:mhlw@14 again:mhlw@9",
        "厚生労働省",
    ),
    PracticeCase(
        "丙寅市",
        "core20",
        f"{_classified(23)} send:mhlw@22 ack:mhlw@21 answer:mhlw@12 release@9 view@5 settle:mhlw@2",
        "厚生労働省",
    ),
    PracticeCase(
        "甲県",
        "dpi",
        f"{_classified(24)} send:digital@23 ack:digital@22 answer:digital@14 release@11 view@7"
        " settle:digital@3",
        "デジタル庁",
    ),
    PracticeCase(
        "甲子市",
        "core20",
        f"{_classified(25)} send:mhlw@24 ack:mhlw@23 answer:mhlw@16 release@12 view@7 settle:mhlw@5"
        " close@2",
        "厚生労働省",
    ),
)
