"""Reads every OData feed of a server (address and token as arguments) with python-odata, a client not
written here, signed in as Excel is, and compares its rows with those of the dataset's JSON. What
`$metadata` says is checked by the rules of CSDL 4.0. Ends with `N passed, N failed`.
"""

import re
import sys
import urllib.parse

import requests
from lxml import etree
from odata import ODataService

url, token = sys.argv[1:3]
excel = requests.Session()
excel.auth = ("excel", token)
bearer = {"Authorization": f"Bearer {token}"}
edm = "{http://docs.oasis-open.org/odata/ns/edm}"
simple_identifier = re.compile(r"^[^\W\d]\w{0,127}$")
passed = failed = 0


def check(what, holds):
    global passed, failed
    if holds:
        passed += 1
    else:
        failed += 1
        print(f"FAILED {what}")


def check_metadata(dataset, document):
    """Names that CSDL allows, a key for each type, references that lead somewhere. Gives the sets."""
    root = etree.fromstring(document)
    check(f"{dataset}: version 4.0", root.get("Version") == "4.0")
    [schema] = root.iter(edm + "Schema")
    types = {f"{schema.get('Namespace')}.{one.get('Name')}": one for one in schema.iter(edm + "EntityType")}
    for name, one in types.items():
        own = [part.get("Name") for part in one if part.tag in (edm + "Property", edm + "NavigationProperty")]
        check(f"{name}: names", len(own) == len(set(own)) and all(map(simple_identifier.match, own)))
        check(f"{name}: key", [ref.get("Name") in own for ref in one.iter(edm + "PropertyRef")] == [True])
        for way in one.iter(edm + "NavigationProperty"):
            target = types[re.sub(r"^Collection\((.*)\)$", r"\1", way.get("Type"))]
            back = [other for other in target.iter(edm + "NavigationProperty") if other.get("Name") == way.get("Partner")]
            check(f"{name}: partner of {way.get('Name')}", [one.get("Partner") for one in back] == [way.get("Name")])
    sets = {one.get("Name"): one for one in schema.iter(edm + "EntitySet")}
    for name, one in sets.items():
        targets = [binding.get("Target") for binding in one.iter(edm + "NavigationPropertyBinding")]
        check(f"{dataset}: set {name}", one.get("EntityType") in types and all(target in sets for target in targets))
    return list(sets)


def check_set(service, root, name):
    """Every row by pages, one by a filter, three by order, one by its key."""
    entity = service.entities[name]
    rows = list(service.query(entity))
    check(f"{root}{name}: count", len(rows) == int(excel.get(f"{root}{name}/$count").text))
    if not rows:
        return
    first = rows[0]
    check(f"{root}{name}: filter", [row.id for row in service.query(entity).filter(entity.id == first.id)] == [first.id])
    ordered = [row.id for row in service.query(entity).order_by(entity.id.desc()).limit(3)]
    check(f"{root}{name}: order", ordered == sorted((row.id for row in rows), reverse=True)[:3])
    key = urllib.parse.quote(first.id, safe="")
    check(f"{root}{name}: key", excel.get(f"{root}{name}('{key}')").json()["id"] == first.id)


def texts(node):
    for value in node.values():
        if isinstance(value, dict):
            yield from texts(value)
        elif isinstance(value, str):
            yield value


def check_rows(dataset, root):
    """Page after page as a program follows the links, against the records of the JSON file."""
    document = requests.get(f"{url}/v1/datasets/{dataset}/files/{dataset}.json", headers=bearer).json()
    if "records" not in document:
        return
    rows, link = [], root + "Submissions?$top=100000"
    while link:
        page = excel.get(link).json()
        rows += page["value"]
        link = page.get("@odata.nextLink")
    check(f"{dataset}: ids in order", [row["id"] for row in rows] == [record["id"] for record in document["records"]])
    for row, record in zip(rows, document["records"]):
        told = "\n".join(str(value) for value in row.values())
        missing = [text for text in texts(record.get("answers", {})) if text not in told]
        # What does not fit its column's type is told as JSON text.
        check(f"{dataset}: {record['id']} lacks {missing[:1]}", all(text[:20] in (row["_unfit"] or "") for text in missing))


def main():
    feeds = 0
    for dataset in [one["dataset"] for one in requests.get(f"{url}/v1/datasets", headers=bearer).json()["items"]]:
        root = f"{url}/v1/odata/{dataset}/"
        if excel.get(root).status_code == 404:
            continue
        feeds += 1
        sets = check_metadata(dataset, excel.get(root + "$metadata").content)
        service = ODataService(root, session=excel, reflect_entities=True, quiet_progress=True)
        for name in sets:
            check_set(service, root, name)
        check_rows(dataset, root)
    check("several feeds", feeds > 5)
    check("no feed of what there is not", excel.get(f"{url}/v1/odata/nothing/").status_code == 404)
    refused = requests.get(f"{url}/v1/odata/hostile")
    check("a stranger is asked to sign in", refused.status_code == 401 and refused.headers["WWW-Authenticate"].startswith("Basic "))


main()
print(f"{passed} passed, {failed} failed")
sys.exit(0 if failed == 0 and passed > 0 else 1)
