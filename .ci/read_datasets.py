"""Reads every format of every dataset in a folder `<dataset>/<audience>/<file>` with parsers not
written here, and compares: the same rows, in the same order, with equal values. Also validates data
packages (frictionless), GeoJSON (geojson) and pages through OData. Ends with `N passed, N failed`.
"""

import csv
import datetime as dt
import hashlib
import json
import pathlib
import re
import sys
import zipfile

import duckdb
import frictionless
import geojson
import openpyxl

csv.field_size_limit(10**9)
passed = failed = 0


def check(what, fault):
    """Counts one comparison; `fault` is a text that says what differs, or None."""
    global passed, failed
    if fault is None:
        passed += 1
    else:
        failed += 1
        print(f"FAILED {what}: {fault}"[:600])


def table(path):
    """Header and rows of a CSV file, without the apostrophe that keeps text from being a formula."""
    with open(path, encoding="utf-8-sig", newline="") as file:
        header, *rows = list(csv.reader(file))
    return header, [[plain(cell) for cell in row] for row in rows]


GUARD = re.compile(r"((?:^|[,;\t\r\n])[\s\"]*)'(?=[=+\-@\uff1d\uff0b\uff0d\uff20])")


def plain(cell):
    return re.sub(r"^'(?=[\t\r\n])", "", GUARD.sub(r"\1", cell))


def instant(text):
    return dt.datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(dt.timezone.utc)


def number_in(text):
    try:
        return float(text)
    except ValueError:
        return None


def same(cell, value):
    """True if a value as another format has it is what the CSV cell says."""
    if value is None:
        return cell == ""
    if isinstance(value, bool):
        return cell == ("true" if value else "false")
    if isinstance(value, (int, float)):
        return number_in(cell) == float(value)
    if isinstance(value, dt.datetime):
        at = value if value.tzinfo else value.replace(tzinfo=dt.timezone.utc)
        return abs((instant(cell) - at).total_seconds()) < 0.001
    if isinstance(value, dt.date):
        return cell == value.isoformat()
    if isinstance(value, dt.time):
        return cell.split("+")[0].split("Z")[0][:8] == value.isoformat()[:8]
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return cell == " ".join(value)
    if isinstance(value, dict) and "file" in value:
        return cell == value["file"]
    if isinstance(value, (list, dict)):
        return json.loads(cell) == value
    return same_text(cell, str(value))


def same_text(cell, value):
    if cell == value:
        return True
    # CSV readers may turn a carriage return within a cell into a line feed.
    return cell.replace("\r\n", "\n").replace("\r", "\n") == value.replace("\r\n", "\n").replace("\r", "\n")


def differ(rows, others):
    """What is the first difference between rows of CSV cells and rows of values."""
    if len(rows) != len(others):
        return f"{len(rows)} rows in CSV, {len(others)} here"
    for number, (row, other) in enumerate(zip(rows, others), 1):
        for column, (cell, value) in enumerate(zip(row, other, strict=True)):
            if not same(cell, value):
                return f"row {number}, column {column + 1}: {cell[:80]!r} in CSV, {str(value)[:80]!r} here"
    return None


def parquet_rows(path, header):
    result = duckdb.sql(f"SELECT * FROM read_parquet('{path}')")
    columns, rows = result.columns, result.fetchall()
    if sorted(name for name in columns if name != "_unfit") != sorted(header):
        raise AssertionError(f"columns {columns} for {header}")
    unfit = columns.index("_unfit") if "_unfit" in columns else None
    for row in rows:
        given = {} if unfit is None or row[unfit] is None else json.loads(row[unfit])
        typed = dict(zip(columns, row))
        yield [given.get(name, typed[name]) for name in header]


def at(answers, path):
    value = answers
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


short = {"latitude": "lat", "longitude": "lon"}


def from_json(record, header, meta):
    """The cells of a record's main table, found in its nested answers by the header."""
    for name in header:
        member = meta.get(name, name)
        if member in record:
            yield record[member]
            continue
        path = name.removeprefix("answers/").split("/")
        value = at(record["answers"], path)
        if value is None and len(path) > 1:
            parent = at(record["answers"], path[:-1])
            if isinstance(parent, dict) and "lat" in parent:
                value = parent.get(short.get(path[-1], path[-1]))
        yield value


meta = {
    "id": "id",
    "organisation": "organisation",
    "form_version": "formVersion",
    "state": "state",
    "received_at": "receivedAt",
    "updated_at": "updatedAt",
}


def cell_of(value):
    """What a cell of a workbook says: moments of its first day are times of day, all others are in UTC."""
    if isinstance(value, dt.datetime):
        return value.date() if value.time() == dt.time() else value
    return value


def agrees(cell, value):
    if isinstance(value, str) and re.search(r"… \[\+\d+\]$", value):
        shown = value[: value.rindex("…")].rstrip()
        return len(cell) > 32_767 and cell.startswith(shown)
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return cell[:10] == value.isoformat()
    if isinstance(value, str):
        # ECMA-376, ST_Xstring: openpyxl leaves to its caller what Excel reads back.
        value = re.sub(r"_x([0-9A-F]{4})_", lambda found: chr(int(found[1], 16)), value)
        # XML has no way to say most control characters.
        cell = "".join("\ufffd" if ord(c) < 32 and c not in "\t\r\n" else c for c in cell)
    return same(cell, value)


def main(folder):
    for place in sorted(path for path in folder.glob("*/*") if path.is_dir()):
        dataset = place.parent.name
        files = {path.name for path in place.iterdir()}
        name = f"{dataset}/{place.name}"
        if f"{dataset}.csv" in files and f"{dataset}.ndjson" in files:
            read_tables(place, dataset, files, name)
        if f"{dataset}.geojson" in files:
            collection = geojson.loads((place / f"{dataset}.geojson").read_text(encoding="utf-8"))
            check(f"{name}.geojson is valid", None if collection.is_valid else str(collection.errors()))
            check(f"{name}.geojson has no crs", "crs" if "crs" in collection else None)
        if f"{dataset}.datapackage.json" in files:
            read_package(place / f"{dataset}.datapackage.json", name)


# JSON and GeoJSON are no tables, rows of workbooks end with their last answer, Parquet has lists: they are
# read further down.
by_frictionless = {"csv", "ndjson"}


def read_package(path, name):
    """A data package: its own description, each resource's bytes and hash, each table by its schema."""
    package = frictionless.Package(str(path))
    faults = [str(error) for error in frictionless.Package.metadata_validate(package.to_descriptor())]
    check(f"{name}.datapackage.json", str(faults[:3]) if faults else None)
    for resource in package.resources:
        data = (path.parent / resource.path).read_bytes()
        whole = len(data) == (resource.bytes or 0) and resource.hash == "sha256:" + hashlib.sha256(data).hexdigest()
        check(f"{name}: bytes of {resource.path}", None if whole else "are other ones")
        if resource.format in by_frictionless and data != b"":
            report = resource.validate()
            notes = report.flatten(["rowNumber", "fieldNumber", "note"])
            check(f"{name}: {resource.path}, by its schema", None if report.valid else str(notes[:3]))


def read_tables(place, dataset, files, name):
    header, rows = table(place / f"{dataset}.csv")
    lines = (place / f"{dataset}.ndjson").read_text(encoding="utf-8").split("\n")
    records = [json.loads(line) for line in lines if line != ""]
    document = json.loads((place / f"{dataset}.json").read_text(encoding="utf-8"))
    if "records" in document:
        check(f"{name}.json counts the records", None if document["count"] == len(records) else str(document["count"]))
    if "records" in document and dataset != "who-does-what-where":
        check(f"{name}.json has the records of .ndjson", None if document["records"] == records else "they differ")
    if all("answers" in record for record in records):
        check(f"{name}.ndjson", differ(rows, [list(from_json(record, header, meta)) for record in records]))
    for path in sorted(files):
        if path.endswith(".parquet"):
            stem = path.removesuffix(".parquet")
            columns, expected = table(place / f"{stem}.csv")
            try:
                check(f"{name}: {path}", differ(expected, list(parquet_rows(place / path, columns))))
            except AssertionError as error:
                check(f"{name}: {path}", str(error))
        if path.endswith(".xlsx"):
            read_workbook(place, dataset, path, name, files)
    if f"{dataset}.csv.zip" in files:
        read_archive(place, dataset, name)
    if f"{dataset}.split.csv" in files:
        read_split(place, dataset, header, rows, name)
    if f"{dataset}.flat.csv" in files:
        read_flat(place, dataset, header, rows, name)
    if f"{dataset}.geojson" in files and f"{dataset}.flat.csv" not in files:
        features = json.loads((place / f"{dataset}.geojson").read_text(encoding="utf-8"))["features"]
        cells = [[feature["properties"].get(column) for column in header] for feature in features]
        check(f"{name}.geojson has the rows of CSV", differ(rows, cells))


def read_archive(place, dataset, name):
    """An archive of linked tables: each the same as the file beside it, each parent_id an id of the parent."""
    with zipfile.ZipFile(place / f"{dataset}.csv.zip") as archive:
        fault = archive.testzip()
        for entry in archive.namelist():
            if archive.read(entry) != (place / entry).read_bytes():
                fault = fault or f"{entry} differs"
        ids = {row[0] for entry in archive.namelist() for row in table(place / entry)[1]}
        for entry in archive.namelist():
            columns, rows = table(place / entry)
            if "parent_id" in columns and any(row[1] not in ids for row in rows):
                fault = fault or f"{entry} has orphans"
    check(f"{name}: {dataset}.csv.zip", fault)


def read_split(place, dataset, header, rows, name):
    """One column a choice: 1 where the code was chosen, 0 where others were, nothing where none was."""
    columns, split = table(place / f"{dataset}.split.csv")
    fault = None if len(split) == len(rows) else f"{len(split)} rows"
    for column, title in enumerate(columns):
        question, _, choice = title.rpartition("/")
        if question not in header or title in header:
            continue
        at_question = header.index(question)
        for number, (row, other) in enumerate(zip(rows, split), 1):
            codes = row[at_question].split()
            expected = "" if not codes else "1" if choice in codes else "0"
            if other[column] != expected:
                fault = fault or f"row {number}, {title}: {other[column]!r} for {row[at_question]!r}"
    check(f"{name}: {dataset}.split.csv", fault)


def read_flat(place, dataset, header, rows, name):
    """Each record at least once, in order, its columns repeated."""
    columns, flat = table(place / f"{dataset}.flat.csv")
    seen = []
    fault = None if columns[: len(header)] == header else f"columns {columns[: len(header)]}"
    for row in flat:
        if not seen or seen[-1] != row[: len(header)]:
            seen.append(row[: len(header)])
    check(f"{name}: {dataset}.flat.csv", fault or differ(rows, seen))


def read_workbook(place, dataset, path, name, files):
    """A workbook against the CSV files with labels in its language, table by table."""
    workbook = openpyxl.load_workbook(place / path)
    formulas = [cell.coordinate for sheet in workbook for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    check(f"{name}: {path} has no formula", str(formulas[:3]) if formulas else None)
    for sheet in workbook.worksheets[:-2]:
        check(f"{name}: {path}, {sheet.title} has a frozen header and a filter", None if sheet.freeze_panes and sheet.auto_filter.ref else "it has not")
    language = path.removeprefix(f"{dataset}.").removesuffix("xlsx").rstrip(".") or "fr"
    tables = [f"{dataset}.{language}.csv"] + [
        file for file in sorted(files) if re.fullmatch(rf"{re.escape(dataset)}\.[^.]+\.{language}\.csv", file)
    ]
    sheets = {sheet.title: sheet for sheet in workbook.worksheets}
    first = workbook.worksheets[0].title
    for table_file in tables:
        if table_file not in files:
            check(f"{name}: {path}", f"there is no {table_file}")
            continue
        title = first if table_file == tables[0] else table_file.split(".")[-3]
        columns, expected = table(place / table_file)
        titles, *rows = [list(row) for row in sheets[title].iter_rows(values_only=True)]
        if dataset == "who-does-what-where":
            # Its contract has the id towards the end; a workbook begins each sheet with it.
            place_of_id = table(place / f"{dataset}.csv")[0].index("id")
            rows = [row[1 : place_of_id + 1] + row[:1] + row[place_of_id + 1 :] for row in rows]
        state = columns.index("state") if "state" in columns else None
        fault = None if len(rows) == len(expected) else f"{len(expected)} rows in CSV, {len(rows)} here"
        for number, (row, other) in enumerate(zip(expected, rows), 1):
            for column, (cell, value) in enumerate(zip(row, other, strict=True)):
                if column != state and not agrees(cell, cell_of(value)):
                    fault = fault or f"row {number}, {columns[column]}: {cell[:80]!r} in CSV, {str(value)[:80]!r} here"
        check(f"{name}: {path}, sheet {title}", fault)


main(pathlib.Path(sys.argv[1]))
print(f"{passed} passed, {failed} failed")
sys.exit(0 if failed == 0 and passed > 0 else 1)
