"""The rubric a new round begins with (評価の基準): criteria, weights, a sentence for each level.

A plain table, for it is stored. Anchors run from level 1 upwards; a higher level always speaks
for making the system common.
"""

from typing import Any

DEFAULT_RUBRIC: dict[str, Any] = {
    "criteria": [
        {
            "key": "effect",
            "label": "効果",
            "weight": 2,
            "anchors": [
                "手間も費用もほとんど変わらない",
                "一部の団体・担当だけが楽になる",
                "多くの団体で作業や費用がはっきり減る",
                "多くの団体で大きく減り、住民の手間も減る",
                "ほぼ全団体で大きく減り、住民・国の双方に効果が及ぶ",
            ],
        },
        {
            "key": "coordination_cost",
            "label": "調整コスト",
            "weight": 2,
            "anchors": [
                "運用が団体ごとに大きく違い、そろえる見通しが立たない",
                "法令改正や多くの関係機関の合意が要る",
                "運用の差があり、標準の手順を決める必要がある",
                "運用の差は小さく、合意を取りやすい",
                "運用はほぼ同じで、すぐに使い始められる",
            ],
        },
        {
            "key": "viewpoint",
            "label": "視点の当てはまり",
            "weight": 1,
            "anchors": [
                "どの視点にも当てはまらない",
                "一つの視点に部分的に当てはまる",
                "一つ以上の視点にはっきり当てはまる",
            ],
        },
    ]
}
