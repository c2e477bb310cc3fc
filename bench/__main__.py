"""`python -m bench [NAME …] [--database sqlite|postgresql] [--cases N]`: all measurements or some.

A measurement is a function of Settings in a module of this package, added to MEASUREMENTS.
"""

import argparse

from bench import backlog, clusters, quality, similarity, suggestions
from bench.settings import Measurement, Settings

MEASUREMENTS: dict[str, Measurement] = {
    "backlog": backlog.run,
    "clusters": clusters.run,
    "quality": quality.run,
    "similarity": similarity.run,
    "suggestions": suggestions.run,
}


def main() -> None:
    """Run the measurements named on the command line, all of them where none is."""
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("names", nargs="*", metavar="NAME", help="、".join(MEASUREMENTS))
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--cases", type=int, default=10_000)
    asked = parser.parse_args()
    unknown = set(asked.names) - set(MEASUREMENTS)
    if unknown:
        parser.error(f"unknown: {'、'.join(sorted(unknown))}")
    settings = Settings(database=asked.database, cases=asked.cases)
    for name in asked.names or MEASUREMENTS:
        print(f"\n# {name}（{settings.database}）")
        MEASUREMENTS[name](settings)


if __name__ == "__main__":
    main()
