"""示意轮廓: makes `static/portal/fujian.geojson` from two outlines of the sample data.

平潭 is a node of its own: its outline is taken from the county file and cut out of Fuzhou's. Coordinates are kept to
three decimals, which is enough for a sketch and keeps the file small.

    python -m tulou.portal.outline fujian_city.geojson fujian_district.geojson > fujian.geojson
"""

import json
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

OWN_NODES = {"350128": "平潭综合实验区"}
PLACES = 3
Ring = list[list[float]]


def outline(cities: dict[str, Any], counties: dict[str, Any]) -> dict[str, Any]:
    """The ten nodes as features with `name` and `region`."""
    own = [feature for feature in counties["features"] if _region(feature) in OWN_NODES]
    taken = [_middle(polygon[0]) for feature in own for polygon in _polygons(feature)]
    features = []
    for feature in cities["features"]:
        kept = [polygon for polygon in _polygons(feature) if not any(_inside(point, polygon[0]) for point in taken)]
        features.append(_feature(feature["properties"]["name"], _region(feature), kept))
    features += [_feature(OWN_NODES[_region(feature)], _region(feature), _polygons(feature)) for feature in own]
    return {"type": "FeatureCollection", "features": features}


def _region(feature: dict[str, Any]) -> str:
    return str(feature["properties"]["gb"])[-6:]


def _polygons(feature: dict[str, Any]) -> list[list[Ring]]:
    shape = feature["geometry"]
    polygons: list[list[Ring]] = shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]]
    return polygons


def _feature(name: str, region: str, polygons: list[list[Ring]]) -> dict[str, Any]:
    rounded = [[_rounded(ring) for ring in polygon] for polygon in polygons]
    return {
        "type": "Feature",
        "properties": {"name": name, "region": region},
        "geometry": {"type": "MultiPolygon", "coordinates": rounded},
    }


def _rounded(ring: Ring) -> Ring:
    points = [[round(x, PLACES), round(y, PLACES)] for x, y, *_ in ring]
    return [point for at, point in enumerate(points) if at == 0 or point != points[at - 1]]


def _middle(ring: Ring) -> list[float]:
    return [sum(point[axis] for point in ring) / len(ring) for axis in (0, 1)]


def _inside(point: list[float], ring: Ring) -> bool:
    x, y = point
    inside = False
    for (ax, ay, *_), (bx, by, *_) in pairwise(ring):
        if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
            inside = not inside
    return inside


if __name__ == "__main__":
    files = [json.loads(Path(name).read_text(encoding="utf-8")) for name in sys.argv[1:3]]
    json.dump(outline(*files), sys.stdout, ensure_ascii=False, separators=(",", ":"))
