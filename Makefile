# Everything starts here: `make run` for people, `make test` for engineers. README.md explains both.

PYTHON   ?= python3
PORT     ?= 8000
CHROMIUM ?= /usr/bin/chromium
export PORT CHROMIUM

BIN     := .venv/bin
FLASK   := $(BIN)/flask --app wsgi
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
           --no-emit-index-url --no-emit-find-links --no-annotate --custom-compile-command 'make requirements'

# Stamps: an install that was cut short leaves none, and is made again.
RUNTIME := .venv/.runtime-stamp
DEV     := .venv/.dev-stamp

.DELETE_ON_ERROR:
.PHONY: help run test browser soak bench lint format requirements clean

help:
	@echo 'make run      デモを http://127.0.0.1:$(PORT)/ で動かす（PORT=8080 で変更、Ctrl-C で終了）'
	@echo 'make test     ブラウザを使わない検査をすべて行う（SQLite と PostgreSQL）'
	@echo 'make browser  Chromium で操作と利用しやすさを、LibreOffice で様式を検査する（CHROMIUM=… で指定）'
	@echo 'make soak     長い試験を行う（定期処理を5つ動かし、止め、落とす。SOAK_TICKS=… で長さを指定）'
	@echo 'make bench    速さを床と比べて計る（BENCH="serving --database sqlite --cases 10000" で一部だけ、BENCH="quality" で品質）'
	@echo 'make lint     書き方・型・依存関係・テンプレートだけを検査する'
	@echo 'make format   書き方を整える'
	@echo 'make requirements  requirements*.txt を作り直す'
	@echo 'make clean    作ったものを消す（instance/ のデータは残す）'

run: $(RUNTIME)
	@$(FLASK) db upgrade
	@$(FLASK) demo load
	@$(FLASK) organizations load
	@$(FLASK) report classification --round R6 --format table
	@$(FLASK) demo accounts
	@exec $(FLASK) serve

test: $(DEV)
	@.ci/checks lint sqlite postgresql

browser: $(DEV)
	@.ci/checks browser office

soak: $(DEV)
	@.ci/checks soak

bench: $(DEV)
	@$(BIN)/python -m bench $(BENCH)

lint: $(DEV)
	@.ci/checks lint

format: $(DEV)
	@$(BIN)/ruff check --fix --quiet .
	@$(BIN)/ruff format .

requirements: $(DEV)
	@$(COMPILE) requirements.in --output-file requirements.txt
	@$(COMPILE) --constraint requirements.txt requirements-dev.in --output-file requirements-dev.txt

clean:
	rm -rf .venv build .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find app config.py migrations tests wsgi.py -type d -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true

$(RUNTIME): requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo 'Python 3.11 以上が必要です（$(PYTHON) は'" `$(PYTHON) --version 2>&1` "'でした）。make $(MAKECMDGOALS) PYTHON=python3.12 のように指定してください。' >&2; exit 1; }
	@echo '仮想環境 .venv を作り、必要なパッケージを入れています。'
	@$(PYTHON) -m venv --clear .venv || { \
	  echo '仮想環境を作れませんでした。Debian や Ubuntu では apt-get install python3-venv を行ってください。' >&2; exit 1; }
	@$(INSTALL) --requirement requirements.txt
	@touch $@

$(DEV): requirements-dev.txt $(RUNTIME)
	@echo '開発用のパッケージを入れています。'
	@$(INSTALL) --requirement requirements-dev.txt
	@touch $@
