"""Networks on disk: the same picture to the bit, one sentence for what is damaged, and the samples' layouts."""

from __future__ import annotations

import json
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest

from core.coordinate import network_file, rtx_file
from core.coordinate.network import Architecture, CoordinateNetwork
from core.coordinate.settings import ENCODINGS, LabSettings
from core.errors import DamagedFileError, InputError
from tests.core.coordinate.networks import random_network

HEADER = 304
"""Bytes before the block of numbers in the samples' binary layout."""


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("channels", [3, 4])
def test_a_network_comes_back_exactly(encoding: str, channels: int, tmp_path: Path) -> None:
    network = random_network(encoding, "swish", channels)
    size = network_file.write(network, tmp_path / "a.texnet")
    assert size == (tmp_path / "a.texnet").stat().st_size
    again = network_file.read(tmp_path / "a.texnet")
    assert again.architecture == network.architecture
    assert (again.name, again.width, again.height, again.steps) == ("some net", 48, 32, 1234)
    np.testing.assert_array_equal(again.decode(), network.decode())
    assert network_file.encode(again) == network_file.encode(network)


@pytest.mark.parametrize("encoding", ["frequency", "hash"])
@pytest.mark.parametrize("bits", [16, 8, 6, 4])
def test_a_rounded_network_is_packed_and_comes_back_exactly(encoding: str, bits: int, tmp_path: Path) -> None:
    network = random_network(encoding, channels=4).quantised(bits)
    path = tmp_path / "a.texnet"
    size = network_file.write(network, path)
    again = network_file.read(path)
    for found, wanted in zip((*again.weights, *again.biases), (*network.weights, *network.biases), strict=True):
        np.testing.assert_array_equal(found, wanted)
    np.testing.assert_array_equal(again.decode(), network.decode())
    assert network_file.encode(again) == network_file.encode(network) == path.read_bytes()
    # Beside the numbers there are only the header, and a step a neuron.
    shape = network.architecture
    layers = sum(n_out for _, n_out in shape.shapes)
    assert shape.parameters * bits / 8 <= size < shape.parameters * bits / 8 + 6 * layers + 400
    assert network_file.numbers_size(shape, bits) == size - struct.unpack_from("<I", path.read_bytes(), 12)[0] - 32
    for cut in (path.read_bytes()[:-1], path.read_bytes().replace(f'"bits":{bits}'.encode(), b'"bits":5')):
        path.write_bytes(cut)
        with pytest.raises(DamagedFileError):
            network_file.read(path)


def test_bits_that_no_writer_uses_are_refused(tmp_path: Path) -> None:
    data = network_file.encode(random_network().quantised(8))
    prefix = network_file._PREFIX
    magic, version, zero, length, _, crc, size = prefix.unpack_from(data)
    assert version == 2
    for bits in (32, 0, -8, True, "8", None, 7):
        header = json.loads(data[prefix.size : prefix.size + length]) | {"bits": bits}
        text = json.dumps(header).encode()
        packed = prefix.pack(magic, version, zero, len(text), zlib.crc32(text), crc, size)
        (tmp_path / "a.texnet").write_bytes(packed + text + data[prefix.size + length :])
        with pytest.raises(DamagedFileError):
            network_file.read(tmp_path / "a.texnet")


def test_every_damaged_byte_and_every_cut_is_noticed(tmp_path: Path) -> None:
    data = network_file.encode(random_network("hash"))
    path = tmp_path / "a.texnet"
    spots = [*range(360), len(data) // 2, len(data) - 1]
    for spot in spots:
        broken = bytearray(data)
        broken[spot] ^= 0x41
        path.write_bytes(broken)
        # The two bytes in reserve mean nothing yet.
        if 10 <= spot < 12:
            assert np.array_equal(network_file.read(path).decode(), random_network("hash").decode())
            continue
        with pytest.raises(DamagedFileError) as caught:
            network_file.read(path)
        assert str(path) in str(caught.value)
    for length in (0, 7, 20, 200, len(data) - 4):
        path.write_bytes(data[:length])
        with pytest.raises(DamagedFileError):
            network_file.read(path)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("hidden_layers", 10**9),
        ("width", 10**6),
        ("values", -1),
        ("channels", 2),
        ("picture", [0, 5]),
        ("steps", "many"),
        ("activation", "sine"),
        ("grid", {"levels": 16, "features": 4, "table_bits": 60, "coarsest": 2, "finest": 4096}),
        ("grid", None),
        ("width", True),
    ],
)
def test_a_header_that_asks_for_too_much_is_refused_before_anything_is_allocated(
    field: str, value: object, tmp_path: Path
) -> None:
    data = network_file.encode(random_network("hash"))
    prefix = network_file._PREFIX
    magic, version, zero, length, _, crc, size = prefix.unpack_from(data)
    header = json.loads(data[prefix.size : prefix.size + length]) | {field: value}
    text = json.dumps(header).encode()
    path = tmp_path / "a.texnet"
    packed = prefix.pack(magic, version, zero, len(text), zlib.crc32(text), crc, size)
    path.write_bytes(packed + text + data[prefix.size + length :])
    with pytest.raises(DamagedFileError):
        network_file.read(path)


def test_numbers_that_are_none_and_newer_files_are_refused(tmp_path: Path) -> None:
    network = random_network()
    network.biases[0][0] = np.nan
    network_file.write(network, tmp_path / "a.texnet")
    with pytest.raises(DamagedFileError, match="damaged"):
        network_file.read(tmp_path / "a.texnet")
    data = bytearray(network_file.encode(random_network()))
    data[8:10] = struct.pack("<H", 3)
    (tmp_path / "a.texnet").write_bytes(data)
    with pytest.raises(DamagedFileError, match="newer"):
        network_file.read(tmp_path / "a.texnet")
    with pytest.raises(InputError, match="can't be read"):
        network_file.read(tmp_path / "missing.texnet")


def test_settings_take_the_shape_of_a_network() -> None:
    network = random_network("hash", "tanh")
    settings = network_file.settings_of(network, LabSettings(loss="l1"))
    assert settings.loss == "l1" and settings.activation == "tanh" and settings.hash_table == 8


def sample_network() -> CoordinateNetwork:
    network = random_network()
    return CoordinateNetwork("sample", network.architecture, network.weights, network.biases, None, 512, 512)


def test_the_samples_json_lists_layers_output_by_output(tmp_path: Path) -> None:
    network = sample_network()
    path = tmp_path / "sample.json"
    rtx_file.write(network, path)
    layers = json.loads(path.read_text())["layers"]
    assert [(entry["num_inputs"], entry["num_outputs"]) for entry in layers] == [(12, 20), (20, 20), (20, 3)]
    # The second output's weight of the first input follows those of the first output.
    assert layers[0]["weights"][12] == pytest.approx(float(network.weights[0][0, 1]))
    again = network_file.read_any(path)
    assert again.architecture == network.architecture
    np.testing.assert_array_equal(again.decode(48, 32), network.decode(48, 32))


def test_the_samples_block_is_half_floats_at_multiples_of_64_and_16_bytes(tmp_path: Path) -> None:
    network = sample_network()
    path = tmp_path / "sample.ns.bin"
    rtx_file.write(network, path)
    data = path.read_bytes()
    assert struct.unpack_from("<7I", data) == (0xA1C0DE01, 2, 12, 20, 3, 0, 0)
    # Two inputs and outputs of 32-bit, two sizes of 64-bit, two offsets of 32-bit.
    assert struct.unpack_from("<IIQQII", data, 32) == (12, 20, 480, 40, 0, 480)
    assert struct.unpack_from("<IIQQII", data, 64) == (20, 20, 800, 40, 576, 1376)
    layout, size = struct.unpack_from("<I4xQ", data, 32 + 8 * 32)
    assert layout == 0 and len(data) == HEADER + size and size % 64 == 0
    first = np.frombuffer(data, "<f2", 12 * 20, HEADER).reshape(20, 12)
    np.testing.assert_array_equal(first, network.weights[0].T.astype(np.float16))
    biases = np.frombuffer(data, "<f2", 20, HEADER + 480)
    np.testing.assert_array_equal(biases, network.biases[0].astype(np.float16))
    again = network_file.read_any(path)
    assert again.name == "sample" and np.abs(again.decode(48, 32) - network.decode(48, 32)).max() < 0.01
    rtx_file.write(again, path)
    assert path.read_bytes() == data


def test_a_block_with_biases_at_multiples_of_64_bytes_is_read_too(tmp_path: Path) -> None:
    network = sample_network()
    path = tmp_path / "sample.bin"
    rtx_file.write(network, path)
    data = bytearray(path.read_bytes())
    data[HEADER + 480 : HEADER + 480] = bytes(32)
    for i in range(len(network.weights)):
        matrix, bias = struct.unpack_from("<II", data, 32 + 32 * i + 24)
        struct.pack_into("<II", data, 32 + 32 * i + 24, matrix + 32 * (i > 0), bias + 32)
    struct.pack_into("<Q", data, HEADER - 8, len(data) - HEADER)
    path.write_bytes(data)
    for found, wanted in zip(rtx_file.read(path).biases, network.biases, strict=True):
        np.testing.assert_array_equal(found, wanted.astype(np.float16))


def test_a_block_in_columns_is_read_too(tmp_path: Path) -> None:
    network = sample_network()
    path = tmp_path / "sample.bin"
    rtx_file.write(network, path)
    data = bytearray(path.read_bytes())
    struct.pack_into("<I", data, 32 + 8 * 32, 1)
    for i, weights in enumerate(network.weights):
        at = struct.unpack_from("<IIQQII", data, 32 + 32 * i)[4]
        columns = weights.astype("<f2").tobytes()
        data[HEADER + at : HEADER + at + len(columns)] = columns
    path.write_bytes(data)
    np.testing.assert_array_equal(rtx_file.read(path).weights[0], network.weights[0].astype(np.float16))


def test_what_the_samples_layouts_cannot_hold_is_said(tmp_path: Path) -> None:
    for network in (random_network("hash"), random_network("triangle"), random_network(activation="tanh")):
        with pytest.raises(InputError, match="texnet"):
            rtx_file.write(network, tmp_path / "a.json")
    for shape, word in ((Architecture(width=129), "128"), (Architecture(hidden_layers=8), "7 hidden layers")):
        for suffix in (".json", ".ns.bin"):
            with pytest.raises(InputError, match=word):
                rtx_file.check(shape, suffix)
    rtx_file.check(Architecture(width=128, hidden_layers=7), ".json")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[1]",
        '{"layers": []}',
        '{"layers": [{"num_inputs": 12, "num_outputs": 20, "weights": [1], "biases": [1]}] }',
        '{"layers": ' + "[" * 5000 + "]" * 5000 + "}",
    ],
)
def test_broken_sample_files_are_one_sentence(text: str, tmp_path: Path) -> None:
    for suffix in (".json", ".bin"):
        path = tmp_path / f"a{suffix}"
        path.write_text(text)
        with pytest.raises(InputError) as caught:
            rtx_file.read(path)
        assert str(path) in str(caught.value) and "\n" not in str(caught.value)


def test_cut_blocks_and_wild_offsets_are_noticed(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    rtx_file.write(sample_network(), path)
    data = path.read_bytes()
    wild = bytearray(data)
    struct.pack_into("<I", wild, 32 + 24, 2**31)
    for broken in (data[:100], data[:-64], bytes(wild), b"\xff" * 400):
        path.write_bytes(broken)
        with pytest.raises(DamagedFileError):
            rtx_file.read(path)
