"""Lists of cases under a name (保存した一覧): the filters of the case list, one's own or shared."""
