"""Checkers of the house rules: each takes a source and returns what breaks the rule, by line."""

import ast
import re
from collections.abc import Iterator
from functools import cache

LONGEST_MODULE = 300
LONGEST_FUNCTION = 40
FORBIDDEN_MODULES = ("utils", "util", "helpers", "helper", "common", "misc")
CLOCKS = {
    ("datetime", "now"),
    ("datetime", "today"),
    ("datetime", "utcnow"),
    ("date", "today"),
    ("time", "time"),
    ("time", "time_ns"),
    ("time", "localtime"),
    ("time", "gmtime"),
}
# What opens a connection (外への接続, P36).
CONNECTING_MODULES = {
    *("aiohttp", "asyncio", "boto3", "ftplib", "http", "httpx", "imaplib", "poplib", "requests"),
    *("smtplib", "socketserver", "telnetlib", "urllib.request", "urllib3", "webbrowser", "xmlrpc"),
}
CONNECTING_CALLS = {("socket", "socket"), ("socket", "create_connection")}
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)

INLINE_STYLE = re.compile(r"\sstyle\s*=|<style\b", re.IGNORECASE)
INLINE_HANDLER = re.compile(r"\son[a-z]+\s*=\s*[\"']", re.IGNORECASE)
SCRIPT = re.compile(r"<script\b(?P<attributes>[^>]*)>(?P<body>.*?)</script>", re.DOTALL | re.I)
OTHER_HOST = re.compile(
    r"(?:src|srcset|href|action|poster)\s*=\s*[\"']?\s*(?:https?:)?//|url\(\s*[\"']?(?:https?:)?//",
    re.IGNORECASE,
)

Finding = tuple[int, str]


@cache
def tree_of(source: str) -> ast.Module:
    """Parse a source once, however many rules read it."""
    return ast.parse(source)


def calls(source: str) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree_of(source)) if isinstance(node, ast.Call))


def name_of(function: ast.expr) -> tuple[str, str]:
    """Return the last two names of a called function: `datetime.now` in `datetime.datetime.now`."""
    if isinstance(function, ast.Name):
        return "", function.id
    if not isinstance(function, ast.Attribute):
        return "", ""
    return name_of(function.value)[1], function.attr


def state_writes(source: str) -> list[Finding]:
    """Find where a state is set other than in a constructor."""
    found = []
    for node in ast.walk(tree_of(source)):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            if node.attr == "state":
                found.append((node.lineno, ".state ="))
        elif isinstance(node, ast.Call):
            names = [keyword.arg for keyword in node.keywords]
            texts = [item.value for item in node.args if isinstance(item, ast.Constant)]
            if name_of(node.func)[1] == "values" and "state" in names:
                found.append((node.lineno, "values(state=)"))
            if name_of(node.func)[1] == "setattr" and "state" in texts:
                found.append((node.lineno, "setattr"))
    return found


def commits(source: str) -> list[Finding]:
    """Find where a transaction is committed."""
    return [(call.lineno, "commit") for call in calls(source) if name_of(call.func)[1] == "commit"]


def clock_readings(source: str) -> list[Finding]:
    """Find where the time is read."""
    return [
        (call.lineno, ".".join(name_of(call.func)))
        for call in calls(source)
        if name_of(call.func) in CLOCKS
    ]


def prints(source: str) -> list[Finding]:
    """Find where something is printed."""
    return [(call.lineno, "print") for call in calls(source) if name_of(call.func) == ("", "print")]


def connections(source: str) -> list[Finding]:
    """Find what opens a connection: an import of a module for it, or a socket."""
    found = [
        (node.lineno, ".".join(name_of(node.func)))
        for node in calls(source)
        if name_of(node.func) in CONNECTING_CALLS
    ]
    for node in ast.walk(tree_of(source)):
        if isinstance(node, ast.Import):
            names = {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names = {f"{node.module}.{alias.name}" for alias in node.names} | {str(node.module)}
        else:
            continue
        opening = {name for name in names if _opens_connections(name)}
        found += [(node.lineno, name) for name in sorted(opening)]
    return found


def _opens_connections(module: str) -> bool:
    return bool({module, module.partition(".")[0]} & CONNECTING_MODULES)


def late_imports(source: str) -> list[Finding]:
    """Find imports that do not stand at the top of the file."""
    tree = tree_of(source)
    at_top = {id(node) for node in tree.body}
    for node in tree.body:
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            at_top |= {id(inner) for inner in node.body}
    return [
        (node.lineno, ast.unparse(node))
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom) and id(node) not in at_top
    ]


def long_functions(source: str) -> list[Finding]:
    """Find functions of more than 40 lines, counted from `def` to the last line."""
    return [
        (node.lineno, node.name)
        for node in ast.walk(tree_of(source))
        if isinstance(node, FUNCTIONS)
        and (node.end_lineno or node.lineno) - node.lineno + 1 > LONGEST_FUNCTION
    ]


def long_module(source: str) -> list[Finding]:
    """Find the module itself when it has more than 300 lines."""
    count = len(source.splitlines())
    return [(count, "lines")] if count > LONGEST_MODULE else []


def vague_name(path: str) -> bool:
    """Whether a module or a folder is named for nothing (utils)."""
    parts = path.removesuffix(".py").split("/")
    return any(part in FORBIDDEN_MODULES for part in parts)


def unsafe_markup(template: str) -> list[Finding]:
    """Find what the content security policy would block: inline styles, scripts, other hosts."""
    found = [
        *((match.start(), "inline style") for match in INLINE_STYLE.finditer(template)),
        *((match.start(), "inline handler") for match in INLINE_HANDLER.finditer(template)),
        *((match.start(), "other host") for match in OTHER_HOST.finditer(template)),
    ]
    for match in SCRIPT.finditer(template):
        if "src=" not in match["attributes"] or match["body"].strip():
            found.append((match.start(), "inline script"))
    return [(template.count("\n", 0, place) + 1, what) for place, what in sorted(found)]
