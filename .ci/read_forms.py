"""Reads every built-in form with pyxform, the reference implementation of XLSForm.

Vocabularies are inlined as the product does it: a list that the form's own `choices` lacks is
taken from the vocabulary of that name. Columns and settings of our own go along: other tools must
ignore them.
"""

import pathlib
import sys

import yaml
from pyxform.xls2xform import convert

forms = pathlib.Path("forms")


def read(path: pathlib.Path) -> dict:
    """Every scalar as the text it is: YAML 1.1 would make a label `No` a boolean, 1.2 does not."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)


def row_of(row: dict) -> dict:
    return {key: value for key, value in row.items() if value != ""}


vocabularies = {}
for path in sorted((forms / "vocabularies").glob("*.yaml")):
    sheet = read(path)
    vocabularies[sheet["list_name"]] = sheet["rows"]

passed = failed = 0
for path in sorted(forms.glob("*.yaml")):
    definition = read(path)
    if "survey" not in definition:
        continue
    survey = [row_of(row) for row in definition["survey"]]
    choices = [row_of(row) for row in definition.get("choices") or []]
    own = {row["list_name"] for row in choices}
    for row in survey:
        words = row.get("type", "").split()
        if len(words) > 1 and words[0].startswith(("select", "rank")) and words[1] not in own:
            own.add(words[1])
            choices += [{"list_name": words[1]} | row_of(r) for r in vocabularies[words[1]]]
    settings = [{"form_id": path.stem} | row_of(definition["settings"])]
    workbook = {
        "survey": survey,
        "survey_header": [{key: None for row in survey for key in row}],
        "choices": choices,
        "choices_header": [{key: None for row in choices for key in row}],
        "settings": settings,
        "settings_header": [{key: None for key in settings[0]}],
    }
    try:
        xform = convert(workbook, form_name="data").xform
        assert f'id="{path.stem}"' in xform
        print(f"ok {path.stem}: {len(survey)} rows")
        passed += 1
    except Exception as error:  # noqa: BLE001: any refusal is the finding
        print(f"FAILED {path.stem}: {error}")
        failed += 1

print(f"{passed} passed, {failed} failed")
sys.exit(0 if failed == 0 and passed > 0 else 1)
