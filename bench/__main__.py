"""`python -m bench [NAME …] [--database sqlite|postgresql] [--cases N]`: some measurements.

Without a name: how fast it is, on both databases and at both sizes (SPEED). What tells how good it
is (quality, suggestions, …) is asked for by name.

A measurement is a function of Settings in a module of this package, added to MEASUREMENTS.
"""

import argparse

from bench import backlog, clusters, plans, quality, similarity, suggestions, transfer
from bench.serving import run as serving
from bench.settings import Measurement, Settings

MEASUREMENTS: dict[str, Measurement] = {
    "backlog": backlog.run,
    "clusters": clusters.run,
    "plans": plans.run,
    "quality": quality.run,
    "serving": serving.run,
    "similarity": similarity.run,
    "suggestions": suggestions.run,
    "transfer": transfer.run,
}
SPEED = ("serving", "transfer")
SIZES = (10_000, 100_000)


def main() -> None:
    """Run the measurements named on the command line, all of them where none is."""
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("names", nargs="*", metavar="NAME", help="、".join(MEASUREMENTS))
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--url", default="", help="a filled database, in place of a new one")
    parser.add_argument("--pages", default="", help="of serving: list,case,search,…")
    parser.add_argument("--quick", action="store_true", help="fewer requests, nothing is kept")
    asked = parser.parse_args()
    unknown = set(asked.names) - set(MEASUREMENTS)
    if unknown:
        parser.error(f"unknown: {'、'.join(sorted(unknown))}")
    databases = (asked.database,) if asked.names or asked.url else ("sqlite", "postgresql")
    sizes = (asked.cases,) if asked.names or asked.url or asked.quick else SIZES
    for database in databases:
        for cases in sizes:
            settings = Settings(
                database="postgresql" if asked.url.startswith("postgresql") else database,
                cases=cases,
                url=asked.url,
                pages=tuple(asked.pages.split(",")) if asked.pages else (),
                is_quick=asked.quick,
                is_kept=not (asked.quick or asked.url),
            )
            for name in asked.names or SPEED:
                print(f"\n# {name}（{settings.database}、{cases}件）")
                MEASUREMENTS[name](settings)


if __name__ == "__main__":
    main()
