#!/usr/bin/env bash
# What JavaRosa, which ODK Collect runs, makes of our XForms: it reads and walks every built-in form and
# one with every type of question, and evaluates the corpus of expressions, from XForms written by hand
# and by the product. The jars and classes are kept in a folder that goes at the end. The last line is
# the sum.
set -uo pipefail
cd "$(dirname "$0")/../.."
here=.ci/javarosa
node=node_modules/.bin/node

fail() {
  printf 'FAILED %s\n0 passed, 1 failed\n' "$1"
  exit 1
}

if ! command -v javac >/dev/null || ! command -v mvn >/dev/null; then
  as_root=()
  if [[ $(id -u) -ne 0 ]]; then as_root=(sudo); fi
  "${as_root[@]}" apt-get update -qq >/dev/null &&
    DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends \
      default-jdk-headless maven >/dev/null || fail 'to install Java and Maven'
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

mvn -q -B -f "$here/pom.xml" dependency:copy-dependencies -DoutputDirectory="$work/jars" ||
  fail 'to fetch JavaRosa'
javac -encoding UTF-8 -cp "$work/jars/*" -d "$work/classes" "$here"/*.java ||
  fail 'to compile the programs'

with_javarosa() {
  java -Duser.timezone=UTC -Duser.language=en -Dfile.encoding=UTF-8 \
    -cp "$work/classes:$work/jars/*" "$@"
}

passed=0
failed=0
add() { # what, command…: one whose last line is "N passed, N failed"
  local what=$1 output good bad
  shift
  printf '== %s\n' "$what"
  output=$("$@" 2>&1)
  printf '%s\n' "$output"
  if [[ $(tail -n 1 <<<"$output") =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
    good=${BASH_REMATCH[1]} bad=${BASH_REMATCH[2]}
  else
    good=0 bad=1
  fi
  passed=$((passed + good))
  failed=$((failed + bad))
}

"$node" "$here/export-forms.ts" "$work/forms" || fail 'to write the forms'
add 'XForms, read by JavaRosa' with_javarosa ReadForms "$work"/forms/*.xml
for writer in by-hand by-fiche; do
  "$node" "$here/agreement.ts" export "$writer" "$work/questions.json" || fail 'to write the expressions'
  with_javarosa AskExpressions "$work/questions.json" "$work/answers.json" || fail 'to ask JavaRosa'
  add "expressions in XForms written $writer, evaluated by JavaRosa" \
    "$node" "$here/agreement.ts" compare "$writer" "$work/answers.json"
done

printf '%s passed, %s failed\n' "$passed" "$failed"
[[ $failed -eq 0 && $passed -gt 0 ]]
