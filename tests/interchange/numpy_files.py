"""Reads what numpy_test.cpp wrote into a folder, and writes it again in NumPy's own ways.

ours.npz, ours_compressed.npz, ours.safetensors and <name>.npy hold the same arrays. NumPy writes
theirs.npz, theirs_compressed.npz, theirs.safetensors and, of each array, <name>.<way>.npy."""

import json
import sys

import numpy
from read_safetensors import DTYPES, read_safetensors

folder = sys.argv[1]


def same(a, b):
    return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()


def save(name, array, **how):
    with open(f"{folder}/{name}.npy", "wb") as file:
        numpy.lib.format.write_array(file, array, **how)


def write_safetensors(path, arrays):
    spelled = {numpy.dtype(descr): name for name, descr in DTYPES.items()}
    header, data = {}, b""
    for name, array in arrays.items():
        header[name] = {"dtype": spelled[array.dtype], "shape": array.shape}
        header[name]["data_offsets"] = [len(data), len(data) + array.nbytes]
        data += array.tobytes()
    text = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(len(text).to_bytes(8, "little") + text + data)


arrays = dict(numpy.load(f"{folder}/ours.npz"))
compressed = dict(numpy.load(f"{folder}/ours_compressed.npz"))
tensors = read_safetensors(f"{folder}/ours.safetensors")
assert list(arrays) == list(compressed) == list(tensors)
assert same(arrays["counted"], numpy.arange(24, dtype="<f4").reshape(2, 3, 4))
for name, array in arrays.items():
    assert same(array, compressed[name]) and same(array, tensors[name]), name
    assert same(array, numpy.load(f"{folder}/{name}.npy")), name
    numpy.save(f"{folder}/{name}.saved.npy", array)
    save(f"{name}.fortran", numpy.asfortranarray(array).reshape(array.shape, order="F"))
    save(f"{name}.big", array.astype(array.dtype.newbyteorder(">")))
    save(f"{name}.2", array, version=(2, 0))
    save(f"{name}.3", array, version=(3, 0))
numpy.savez(f"{folder}/theirs.npz", **arrays)
numpy.savez_compressed(f"{folder}/theirs_compressed.npz", **arrays)
write_safetensors(f"{folder}/theirs.safetensors", arrays)

# Of small types all values: as they are, and as NumPy widens them.
bits = numpy.arange(1 << 16, dtype="<u2")
for small, wide in [
    ("|i1", "<i4"),
    ("|u1", "<i4"),
    ("<i2", "<i4"),
    (">u2", "<i4"),
    ("<u4", "<i8"),
    ("<f2", "<f4"),
    (">f2", "<f4"),
]:
    values = bits.astype("<u4") * 65537 if small == "<u4" else bits.view("<" + small[1:])
    name = small[1:] + ("big" if small[0] == ">" else "")
    save(f"small_{name}", values.astype(small))
    save(f"wide_{name}", values.astype(wide))
