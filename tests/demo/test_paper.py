"""The paper of the demo against the source (会議資料と原資料): every number of it stands there."""

from sqlalchemy.orm import Session

from app.core.document import Items, KeyValues, Paragraph, TableBlock
from app.papers.contents import paper_content
from app.rounds.queries import get_round

# As the source prints them, chapter by chapter.
PRINTED = (
    ("【募集期間】 令和6年8月5日（月）～令和6年8月27日（火）", "466閲覧（8/27現在）"),
    ("232件", "74団体", "16団体", "5団体", "9団体", "37団体", "7団体"),
    ("10件", "9件", "75件", "31件", "16件", "20件", "33件", "6件", "11件", "7件", "227件"),
    ("※ペンディング5件あり", "228", "229", "230", "231", "5/31", "７月３日"),
    ("＜29＞", "＜55＞", "＜94＞", "＜62＞", "＜60＞", "＜73＞", "＜65＞", "＜37＞", "＜79＞"),
    ("＜56＞", "＜39＞", "＜89＞", "＜25＞", "＜28＞", "＜49＞", "＜4＞", "８自治体"),
    ("478 手続", "\n18\n", "\n56\n", "\n24\n", "\n19\n", "\n130\n", "\n122\n", "\n45\n", "\n14\n"),
    ("\n72\n", "\n58\n", "\n43\n", "\n26\n", "\n13\n", "\n232\n", "（232調査）", "（167手続）"),
    ("①", "⑫", "＋", "【P】", "令和7年３月", "Ⅰ．デジタル化に", "(1) クラウドの", "Ⅲ．データの"),
    ("「保活情報連携基盤」の整備・全国展開", "交通システムを不断に再構築", "2．経由しているもの"),
)


def test_every_number_of_the_source_stands_in_the_paper(demo_session: Session) -> None:
    content = paper_content(get_round("R6"))

    words = [""]
    for block in content.blocks:
        if isinstance(block, TableBlock):
            cells = (cell for row in [*block.header, *block.rows] for cell in row)
            words += [cell if isinstance(cell, str) else cell.text for cell in cells]
            words += block.notes
        elif isinstance(block, KeyValues):
            words += [f"{term} {said}" for term, said in block.pairs]
        elif isinstance(block, Items):
            words += block.lines
        elif isinstance(block, Paragraph):
            words.append(block.text)
    said = "\n".join([*words, ""])
    assert [number for line in PRINTED for number in line if number not in said] == []
    assert [check.words for check in content.failing] == []
