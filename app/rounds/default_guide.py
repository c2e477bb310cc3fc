"""The decision guide a new scheme begins with (判断の手引き): the first version, that of 令和6年.

A plain table, for it is stored: questions with their words, and the category an answer leads to
(None goes on to the next question).
"""

from typing import Any

YES = "yes"
NO = "no"
MEETS = [[YES, "該当する"], [NO, "該当しない"]]
EXISTS = [[YES, "ある"], [NO, "ない"]]


def _first(key: str, mark: str, text: str) -> dict[str, Any]:
    return {
        "mark": mark,
        "text": text,
        "hint": "",
        "answers": MEETS,
        "outcomes": {YES: key, NO: None},
    }


DEFAULT_GUIDE: dict[str, Any] = {
    # 分類 A–E, in the order in which a hit goes before another; the source gives none of its own.
    "order": ["types", "bunken", "core20", "keiyu", "dpi"],
    "questions": {
        "types": _first("types", "A", "TYPESに関係するか"),
        "bunken": _first("bunken", "B", "令和6年 分権提案に該当するか"),
        "core20": _first("core20", "C", "20業務、または密接に関連する業務か"),
        "keiyu": _first("keiyu", "D", "経由事務・経由調査か"),
        "dpi": _first("dpi", "E", "地方自治体だけの課題ではないもの（DPI）か"),
        "common_system": {
            "mark": "問1",
            "text": "共通システムが存在するか",
            "hint": "存在すればF-1",
            "answers": EXISTS,
            "outcomes": {YES: "f1", NO: None},
        },
        "adoption": {
            "mark": "問2",
            "text": "システムを導入している団体は",
            "hint": "ないならF-4",
            "answers": [["many", "多い"], ["some", "一部"], ["none", "ない"]],
            "outcomes": {"many": None, "some": None, "none": "f4"},
        },
        "new_issue": {
            "mark": "問3",
            "text": "新たな課題・新技術、または頻繁な制度改正があるか",
            "hint": "あれば、問4で効果を見込む材料になります",
            "answers": EXISTS,
            "outcomes": {YES: None, NO: None},
        },
        "effect": {
            "mark": "問4",
            "text": "効果は調整コストを上回るか",
            "hint": "上回るならF-5、見いだせないならF-2、判然としないならF-3",
            "answers": [
                ["exceeds", "上回る"],
                ["not_found", "見いだせない"],
                ["unclear", "判然としない"],
            ],
            "outcomes": {"exceeds": "f5", "not_found": "f2", "unclear": "f3"},
        },
        "special": {
            "mark": "問5",
            "text": "専用端末や補助金による構築に関わるか",
            "hint": "関われば、問4の答えによらずF-6（今後の検討の参考）",
            "answers": [[YES, "関わる"], [NO, "関わらない"]],
            "outcomes": {YES: "f6", NO: None},
        },
    },
}
