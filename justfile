# The commands of the house, over uv. Without uv: `pip install -e ".[dev]"` in a virtual
# environment of your own, then run what stands behind `uv run`.

# list the commands
default:
    @just --list

# make or update the virtual environment in .venv
setup:
    uv sync --extra dev

# everything that CI holds a change to, apart from interop
check: format-check lint types layers generated test

# apply formatting and the safe repairs of the linter
fix:
    uv run ruff format
    uv run ruff check --fix

# is the code formatted?
format-check:
    uv run ruff format --check

# ruff on the code, codespell on all words, dtmflow on the example flows
lint:
    uv run ruff check
    uv run codespell
    uv run dtmflow check flows

# mypy --strict
types:
    uv run mypy

# do the rooms know only whom they may know?
layers:
    uv run lint-imports

# the default suite, or what the arguments name: `just test tests/unit/cli -k colour`
test *arguments:
    uv run pytest {{ arguments }}

# check and test one flow: `just flow flows/survey`
flow path:
    uv run dtmflow check {{ path }}
    uv run dtmflow test {{ path }}

# write what is generated: schemas, reference pages, rule pages, diagrams of the example flows
generate:
    uv run python -m dtmflow_schema.generate
    uv run python -m dtmflow.linting.pages
    uv run python -m dtmflow.cli.diagrams

# do the committed generated files agree with their sources?
generated:
    uv run python -m dtmflow_schema.generate --check
    uv run python -m dtmflow.linting.pages --check
    uv run python -m dtmflow.cli.diagrams --check

# rewrite the golden files; read the difference before you commit it
golden:
    uv run pytest -q -m golden --update-golden

# dtmflow run and try as processes of their own, called over loopback
system:
    uv run pytest -m system

# calls from SIPp and baresip on loopback; needs Debian's sip-tester and baresip
interop:
    uv run pytest -m interop

# measurements; they take minutes and want a quiet machine
bench:
    uv run pytest -q -m bench tests/bench/bench_*.py

# build the wheel and the source archive, then try the wheel in an environment of its own
package:
    uv build
    uv run --isolated --no-project --with dist/*.whl dtmflow check flows
    uv run --isolated --no-project --with dist/*.whl dtmflow test flows
