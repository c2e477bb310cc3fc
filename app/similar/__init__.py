"""Similar proposals of all rounds (類似の提案): in meaning, in letters, and nearly the same."""

import os

# Read once, when numpy is loaded: a web process has threads of its own, and threads of the
# arithmetic that wait for one another made the encoder ten times slower on two busy cores.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
