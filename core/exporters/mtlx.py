"""A MaterialX document (1.38) with a Standard Surface, and a picture file for each map.

The document is written as the XML it is; the MaterialX package checks it in the tests. Occlusion has no input in a
Standard Surface: its file is there and stays unconnected. Displacement is centred at one half.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from core.exporters import Remarks
from core.exporters.delivery import file_name
from core.exporters.role_files import RoleFiles, identifier, write_role_files
from core.jobs import Control, Event, Progress, Started
from core.textures.roles import ROLE_INFO, Role

if TYPE_CHECKING:
    from core.exporters import Source
    from core.exporters.delivery import Delivery
    from core.exporters.settings import MtlxSettings

_INPUTS = {
    Role.ALBEDO: ("base_color", "color3"),
    Role.METALLIC: ("metalness", "float"),
    Role.ROUGHNESS: ("specular_roughness", "float"),
    Role.SPECULAR: ("specular", "float"),
    Role.EMISSIVE: ("emission_color", "color3"),
    Role.OPACITY: ("opacity", "color3"),
    Role.NORMAL: ("normal", "vector3"),
}


def export(
    source: Source, delivery: Delivery, settings: MtlxSettings, control: Control
) -> Generator[Event, None, Remarks]:
    """Write document and pictures; normals with +Y up. Raises OutputError."""
    yield Started(f"Writing {source.name} for MaterialX")
    name = file_name(source.name, ".mtlx")
    written = yield from write_role_files(source, delivery, (name,), "MaterialX", control)
    delivery.write(name, document(written, settings.displacement))
    yield Progress(1.0, "written", 0.0)
    notes = written.notes
    if Role.OCCLUSION in written.files:
        notes += ("The occlusion map is written and not connected: a Standard Surface has no input for it.",)
    return Remarks(notes)


def document(written: RoleFiles, displacement: float) -> bytes:
    """The XML. ``displacement`` is the height from 0 to 1 in units of the scene."""
    name = identifier(written.material.name)
    root = ElementTree.Element("materialx", version="1.38", colorspace="lin_rec709")
    graph = ElementTree.SubElement(root, "nodegraph", name=f"NG_{name}")
    shader = ElementTree.Element("standard_surface", name=f"SR_{name}", type="surfaceshader")
    for role in written.files:
        last = _nodes(graph, written, role)
        if role in _INPUTS:
            put_in, kind = _INPUTS[role]
            ElementTree.SubElement(graph, "output", name=f"{role}_out", type=kind, nodename=last)
            _input(shader, put_in, kind, nodegraph=f"NG_{name}", output=f"{role}_out")
    if Role.EMISSIVE in written.files:
        _input(shader, "emission", "float", value="1.0")
    root.append(shader)
    if Role.DISPLACEMENT in written.files:
        ElementTree.SubElement(graph, "output", name="displacement_out", type="float", nodename="displacement_centred")
        moved = ElementTree.SubElement(root, "displacement", name=f"DS_{name}", type="displacementshader")
        _input(moved, "displacement", "float", nodegraph=f"NG_{name}", output="displacement_out")
        _input(moved, "scale", "float", value=repr(float(displacement)))
    material = ElementTree.SubElement(root, "surfacematerial", name=f"M_{name}", type="material")
    _input(material, "surfaceshader", "surfaceshader", nodename=f"SR_{name}")
    if Role.DISPLACEMENT in written.files:
        _input(material, "displacementshader", "displacementshader", nodename=f"DS_{name}")
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"


def _nodes(graph: ElementTree.Element, written: RoleFiles, role: Role) -> str:
    """The picture, and what turns its values into what the surface takes; returns the name of the last node."""
    kind = "vector3" if role is Role.NORMAL else "color3" if ROLE_INFO[role].channels == 3 else "float"
    picture = ElementTree.SubElement(graph, "tiledimage", name=str(role), type=kind)
    file = _input(picture, "file", "filename", value=written.files[role])
    if kind == "color3":
        file.set("colorspace", "srgb_texture" if written.srgb(role) else "lin_rec709")
    if role is Role.NORMAL:
        return _node(graph, "normalmap", "normal_map", "vector3", ("in", "vector3", str(role), ""))
    if role is Role.OPACITY:
        return _node(graph, "convert", "opacity_color", "color3", ("in", "float", str(role), ""))
    if role is Role.SPECULAR:
        # One half is the reflection of a common dielectric, which is a weight of one here.
        return _node(
            graph, "multiply", "specular_weight", "float", ("in1", "float", str(role), ""), ("in2", "float", "", "2.0")
        )
    if role is Role.DISPLACEMENT:
        return _node(
            graph,
            "subtract",
            "displacement_centred",
            "float",
            ("in1", "float", str(role), ""),
            ("in2", "float", "", "0.5"),
        )
    return str(role)


def _node(graph: ElementTree.Element, category: str, name: str, kind: str, *inputs: tuple[str, str, str, str]) -> str:
    node = ElementTree.SubElement(graph, category, name=name, type=kind)
    for put_in, own, source, value in inputs:
        if source:
            _input(node, put_in, own, nodename=source)
        else:
            _input(node, put_in, own, value=value)
    return name


def _input(node: ElementTree.Element, name: str, kind: str, **more: str) -> ElementTree.Element:
    return ElementTree.SubElement(node, "input", {"name": name, "type": kind, **more})
