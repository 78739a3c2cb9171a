"""Services that speak OGC API Features, WFS and ArcGIS, well and badly: a process of its own, since GDAL waits without letting others run.

Prints its port and serves until it is ended.
"""

from __future__ import annotations

import json
import time
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs, urlsplit

from tests.workspace.remote.serving import Server, sends

__all__ = ["PAGE", "PLACES", "feature"]

PLACES = [(f"O'Hara 🏭 {n}", n, -1.5 + n / 1000, 52.0) for n in range(120)]
PAGE = 50
SILENCE = 2.5  # seconds, longer than the tests wait
CAPABILITIES = """<?xml version="1.0"?>
<wfs:WFS_Capabilities version="2.0.0" xmlns:wfs="http://www.opengis.net/wfs/2.0" xmlns:ows="http://www.opengis.net/ows/1.1"
 xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:t="http://example.org/t">
<ows:OperationsMetadata>{operations}</ows:OperationsMetadata>
<wfs:FeatureTypeList><wfs:FeatureType><wfs:Name>t:places</wfs:Name><wfs:Title>Places</wfs:Title>
<wfs:DefaultCRS>urn:ogc:def:crs:EPSG::27700</wfs:DefaultCRS></wfs:FeatureType></wfs:FeatureTypeList></wfs:WFS_Capabilities>"""
OPERATION = '<ows:Operation name="{name}"><ows:DCP><ows:HTTP><ows:Get xlink:href="{root}/{path}?"/></ows:HTTP></ows:DCP></ows:Operation>'
SCHEMA = """<?xml version="1.0"?>
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:gml="http://www.opengis.net/gml/3.2" xmlns:t="http://example.org/t"
 targetNamespace="http://example.org/t" elementFormDefault="qualified">
<xs:element name="places" type="t:placesType" substitutionGroup="gml:AbstractFeature"/>
<xs:complexType name="placesType"><xs:complexContent><xs:extension base="gml:AbstractFeatureType"><xs:sequence>
<xs:element name="name" type="xs:string"/><xs:element name="n" type="xs:int"/><xs:element name="geom" type="gml:PointPropertyType"/>
</xs:sequence></xs:extension></xs:complexContent></xs:complexType></xs:schema>"""
MEMBER = (
    '<wfs:member><t:places gml:id="p.{n}"><t:name>{name}</t:name><t:n>{n}</t:n><t:geom><gml:Point gml:id="g.{n}" '
    'srsName="urn:ogc:def:crs:EPSG::27700"><gml:pos>{x} {y}</gml:pos></gml:Point></t:geom></t:places></wfs:member>'
)


def feature(name: str, n: int, lon: float, lat: float) -> dict[str, object]:
    return {"type": "Feature", "id": str(n), "properties": {"name": name, "n": n}, "geometry": {"type": "Point", "coordinates": [lon, lat]}}


def oapif(server: Server, how: str) -> None:
    """Speak OGC API - Features, part 1: core (OGC 17-069r4); what is wrong with the second page says `how`."""
    root = f"{server.root}/oapif/{how}"

    def page(handler: BaseHTTPRequestHandler) -> None:
        start = int(parse_qs(urlsplit(handler.path).query).get("offset", ["0"])[0])
        rows = [feature(*place) for place in PLACES[start : start + PAGE]]
        more = [{"rel": "next", "type": "application/geo+json", "href": f"{root}/collections/places/items?offset={start + PAGE}"}]
        links = more if start + PAGE < len(PLACES) else []
        text = json.dumps({"type": "FeatureCollection", "features": rows, "numberMatched": len(PLACES), "links": links})
        good = sends(text, Content_Type="application/geo+json")
        bad = {
            "fails": sends("", 500),
            "half": sends(text[: len(text) // 2]),
            "page": sends("<html>Sorry</html>", Content_Type="text/html"),
        }
        (bad.get(how, good) if start else good)(handler)

    link = {"rel": "data", "type": "application/json", "href": f"{root}/collections"}
    items = {"rel": "items", "type": "application/geo+json", "href": f"{root}/collections/places/items"}
    places = {"id": "places", "links": [items]}
    for path, said in {
        "": {"links": [link]},
        "/collections": {"collections": [places], "links": []},
        "/collections/places": places,
    }.items():
        server.answers[f"/oapif/{how}{path}"] = sends(json.dumps(said), Content_Type="application/json")
    server.answers[f"/oapif/{how}/collections/places/items"] = page


def arcgis(server: Server) -> None:
    """Speak the query of a feature layer of ArcGIS's REST interface: pages by resultOffset, and a word that there is more."""

    def query(handler: BaseHTTPRequestHandler) -> None:
        asked = parse_qs(urlsplit(handler.path).query)
        if asked.get("returnCountOnly") == ["true"]:
            sends(json.dumps({"count": len(PLACES)}))(handler)
            return
        start = int(asked.get("resultOffset", ["0"])[0])
        size = min(PAGE, int(asked.get("resultRecordCount", [str(PAGE)])[0]))
        features = [{"attributes": {"OBJECTID": n + 1, "name": name, "n": n}, "geometry": {"x": x, "y": y}} for name, n, x, y in PLACES]
        text = {
            "objectIdFieldName": "OBJECTID",
            "geometryType": "esriGeometryPoint",
            "spatialReference": {"wkid": 4326},
            "fields": [
                {"name": "OBJECTID", "type": "esriFieldTypeOID"},
                {"name": "name", "type": "esriFieldTypeString"},
                {"name": "n", "type": "esriFieldTypeInteger"},
            ],
            "exceededTransferLimit": start + size < len(PLACES),
            "features": features[start : start + size],
        }
        sends(json.dumps(text), Content_Type="application/json")(handler)

    server.answers["/arcgis/rest/services/a/FeatureServer/0/query"] = query


def wfs(server: Server, *, half: bool = False) -> None:
    """Speak WFS 2.0 (OGC 09-025r2) for one feature type of GML 3.2."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        asked = {key.lower(): value[0] for key, value in parse_qs(urlsplit(handler.path).query).items()}
        request = asked["request"].lower()
        operations = "".join(
            OPERATION.format(name=name, root=server.root, path="half-wfs" if half else "wfs")
            for name in ("GetCapabilities", "DescribeFeatureType", "GetFeature")
        )
        members = "".join(MEMBER.format(n=n, name=name, x=400000 + n, y=300000) for name, n, _, _ in PLACES)
        hits = asked.get("resulttype") == "hits"
        collection = (
            '<?xml version="1.0"?><wfs:FeatureCollection xmlns:wfs="http://www.opengis.net/wfs/2.0" '
            'xmlns:gml="http://www.opengis.net/gml/3.2" '
            f'xmlns:t="http://example.org/t" numberMatched="{len(PLACES)}" numberReturned="{0 if hits else len(PLACES)}">'
            f"{'' if hits else members}</wfs:FeatureCollection>"
        )
        if half and not hits:
            collection = collection[: len(collection) // 2]
        texts = {"getcapabilities": CAPABILITIES.format(operations=operations), "describefeaturetype": SCHEMA, "getfeature": collection}
        sends(texts[request], Content_Type="text/xml")(handler)

    server.answers["/half-wfs" if half else "/wfs"] = answer


def silent(handler: BaseHTTPRequestHandler) -> None:
    """Promise two bytes and give none."""
    sends("{}", cut=0)(handler)
    time.sleep(SILENCE)


def main() -> None:
    """Serve until the process is ended."""
    server = Server()
    for how in ("good", "fails", "half", "page"):
        oapif(server, how)
    arcgis(server)
    wfs(server)
    wfs(server, half=True)
    for name, answer in {
        "page": sends("<html>Welcome</html>", Content_Type="text/html"),
        "fails": sends("", 500),
        "silent": silent,
    }.items():
        server.answers |= {f"/{name}{rest}": answer for rest in ("", "/", "/collections", "/api")}
    print(server.root, flush=True)  # noqa: T201 - how the tests learn it
    while True:
        time.sleep(60)


if __name__ == "__main__":
    main()
