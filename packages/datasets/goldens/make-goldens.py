"""Writes the golden files beside this script, from NumPy and Keras themselves.

    pip install keras numpy tensorflow-cpu
    python make-goldens.py [path of imdb.npz]

The tests read the JSON only and need no Python. With a path, real-imdb.json is written too.
"""

import base64
import hashlib
import io
import json
import os
import pickle
import struct
import sys
import tempfile
import zipfile

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras  # noqa: E402
import numpy as np  # noqa: E402
from keras.src.datasets import imdb  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))


def write(name, content):
    about = f"numpy {np.__version__}, keras {keras.__version__}; by make-goldens.py"
    with open(os.path.join(HERE, name), "w") as file:
        json.dump({"about": about, **content}, file)
        file.write("\n")


def digest(array, dtype):
    return hashlib.sha256(np.ascontiguousarray(array, dtype=dtype).tobytes()).hexdigest()


def b64(data):
    return base64.b64encode(data).decode()


# --- NumPy's RandomState -------------------------------------------------------------------------------------------


def random_states():
    cases = []
    for seed in [0, 1, 113, 4294967295]:
        words = np.random.RandomState(seed)._bit_generator.random_raw(1300)
        rng = np.random.RandomState(seed)
        first, second = np.arange(11), np.arange(7)
        rng.shuffle(first)
        rng.shuffle(second)
        rng = np.random.RandomState(seed)
        sizes = [1, 2, 3, 100, 25000, 65537]
        cases.append(
            {
                "seed": seed,
                "words": [int(words[i]) for i in (0, 1, 2, 623, 624, 1299)],
                "shuffled11": first.tolist(),
                "then7": second.tolist(),
                "permutations": [
                    {"count": n, "sha256": digest(rng.permutation(n), "<i4")} for n in sizes
                ],
            }
        )
    write("random-state.json", {"wordsAt": [0, 1, 2, 623, 624, 1299], "cases": cases})


# --- Files in .npy and .npz form -----------------------------------------------------------------------------------


def objects(rows):
    array = np.empty(len(rows), dtype=object)
    for i, row in enumerate(rows):
        array[i] = list(row)
    return array


def python2_pickle(rows):
    """The pickle that NumPy under Python 2 wrote for an object array of lists, as in Keras' imdb.npz."""
    out, memo = io.BytesIO(), [0]

    def put():
        memo[0] += 1
        out.write(b"q" + bytes([memo[0]]) if memo[0] < 256 else b"r" + struct.pack("<I", memo[0]))

    def integer(value):
        if 0 <= value < 256:
            out.write(b"K" + bytes([value]))
        elif 0 <= value < 65536:
            out.write(b"M" + struct.pack("<H", value))
        else:
            out.write(b"J" + struct.pack("<i", value))

    def items(values, one):
        for start in range(0, len(values), 1000):
            batch = values[start : start + 1000]
            if len(batch) > 1:
                out.write(b"(")
            for value in batch:
                one(value)
            out.write(b"e" if len(batch) > 1 else b"a")

    def row(values):
        out.write(b"]")
        put()
        items(values, integer)

    out.write(b"\x80\x02cnumpy.core.multiarray\n_reconstruct\n")
    put()
    out.write(b"cnumpy\nndarray\n")
    put()
    out.write(b"K\x00\x85")
    put()
    out.write(b"U\x01b\x87R")
    put()
    out.write(b"(K\x01")
    integer(len(rows))
    out.write(b"\x85cnumpy\ndtype\n")
    put()
    out.write(b"U\x02O8")
    put()
    out.write(b"K\x00K\x01\x87")
    put()
    out.write(b"R")
    put()
    out.write(b"(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK?t")
    put()
    out.write(b"b\x89]")
    put()
    items(rows, row)
    out.write(b"tb.")
    return out.getvalue()


def npy(descr, shape, data, version=(1, 0), fortran=False):
    header = f"{{'descr': {descr!r}, 'fortran_order': {fortran}, 'shape': {shape}, }}"
    width = "<H" if version == (1, 0) else "<I"
    header = header.ljust(117 if version == (1, 0) else 115) + "\n"
    return b"\x93NUMPY" + bytes(version) + struct.pack(width, len(header)) + header.encode() + data


def python2_npy(rows):
    return npy("|O", f"({len(rows)},)", python2_pickle(rows))


def saved(array):
    out = io.BytesIO()
    np.save(out, array, allow_pickle=True)
    return out.getvalue()


def npy_files():
    rng = np.random.RandomState(5)
    few = [[1, 255, 256, 65535, 65536, 2**31 - 1], [], [7], [-1, -(2**31), 0], [3] * 300]
    long = few + [rng.randint(0, 90000, n).tolist() for n in (999, 1000, 1001, 2001)]
    many = [[i] * (i % 3) for i in range(2300)]
    files = {"python2": python2_npy(long), "python2 many rows": python2_npy(many)}
    expected = {"python2": long, "python2 many rows": many}
    for protocol in (2, 3, 4, 5):
        name = f"protocol {protocol}"
        files[name] = npy("|O", f"({len(few)},)", pickle.dumps(objects(few), protocol))
    files["numpy.save"] = saved(objects(long))
    files["numpy.save many rows"] = saved(objects(many))
    files["header 2.0"] = npy("|O", f"({len(few)},)", python2_pickle(few), (2, 0))
    files["header 3.0"] = npy("|O", f"({len(few)},)", python2_pickle(few), (3, 0))
    shared = [4, 5, 6]
    repeated = objects([shared, [9], shared])
    repeated[0] = repeated[2] = shared
    files["one list in two rows"] = saved(repeated)
    expected["numpy.save"], expected["numpy.save many rows"] = long, many
    expected["one list in two rows"] = [[4, 5, 6], [9], [4, 5, 6]]
    return [
        {
            "name": name,
            "base64": b64(data),
            "rows": len(expected.get(name, few)),
            "sha256": digest_rows(expected.get(name, few)),
        }
        for name, data in files.items()
    ]


def digest_rows(rows):
    """Of the lengths, then all ids, as little-endian int32."""
    parts = [len(row) for row in rows] + [value for row in rows for value in row]
    return digest(np.array(parts, dtype="<i4"), "<i4")


def number_files():
    cases = []
    for descr in "|b1 |i1 |u1 <i2 <u2 <i4 <u4 <i8 <u8 <f4 <f8 >i2 >i4 >i8 >f4 >f8".split():
        array = np.array([[0, 1, 2], [3, 100, 1]]).astype(descr)
        cases.append({"descr": descr, "base64": b64(saved(array)), "values": array.astype(float).tolist()})
    cases.append({"descr": "<f4", "base64": b64(saved(np.float32(1.5))), "values": 1.5})
    cases.append({"descr": "<i8", "base64": b64(saved(np.zeros((0,), "<i8"))), "values": []})
    return cases


def refused_files():
    class Evil:
        def __reduce__(self):
            return (os.system, ("echo this must never run",))

    evil = objects([[1], [2]])
    evil[1] = Evil()
    strings = objects([[1], [2]])
    strings[1] = ["a", "b"]
    nested = objects([[1], [2]])
    nested[1] = [[1, 2], [3]]
    floats = objects([[1], [2]])
    floats[1] = [1.5, 2.5]
    scalars = objects([[1], [2]])
    scalars[1] = [np.int64(1), np.int64(2)]
    huge = objects([[1], [2]])
    huge[1] = [2**40, 1]
    fortran = np.asfortranarray(np.zeros((2, 3), "<f4"))
    structured = np.zeros(2, dtype=[("a", "<i4"), ("b", "<f4")])
    files = {
        "pickle-global a call of os.system": saved(evil),
        "pickle-global numpy scalars": saved(scalars),
        "pickle-invalid text": saved(strings),
        "pickle-invalid lists in lists": saved(nested),
        "pickle-opcode fractions": saved(floats),
        "pickle-integer beyond 32 bits": saved(huge),
        "npy-dtype column order": saved(fortran),
        "npy-dtype complex": saved(np.zeros(2, "<c8")),
        "npy-dtype text": saved(np.array(["a", "b"])),
        "npy-header structured": saved(structured),
    }
    return [{"code": name.split(" ")[0], "name": name, "base64": b64(data)} for name, data in files.items()]


def small_imdb(train, test, save):
    """Files in the form of imdb.npz, written in several ways."""
    y_train = np.array([1] * (len(train) // 2) + [0] * (len(train) - len(train) // 2))
    y_test = np.array([1] * (len(test) // 2) + [0] * (len(test) - len(test) // 2))
    out = io.BytesIO()
    if save == "python2":
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("x_test.npy", python2_npy(test))
            archive.writestr("x_train.npy", python2_npy(train))
            archive.writestr("y_train.npy", saved(y_train))
            archive.writestr("y_test.npy", saved(y_test))
    else:
        arrays = dict(x_train=objects(train), x_test=objects(test), y_train=y_train, y_test=y_test)
        (np.savez if save == "savez" else np.savez_compressed)(out, **arrays)
    return out.getvalue()


# --- Keras ---------------------------------------------------------------------------------------------------------


def small_splits():
    rng = np.random.RandomState(7)
    lengths = lambda n: rng.randint(1, 14, n)  # noqa: E731
    review = lambda n: np.minimum(rng.zipf(1.4, n), 60).tolist()  # noqa: E731
    return [review(n) for n in lengths(23)], [review(n) for n in lengths(17)]


def load_data(path, **options):
    imdb.get_file = lambda **_: path
    (x_train, y_train), (x_test, y_test) = imdb.load_data(**options)
    return (list(map(list, x_train)), y_train), (list(map(list, x_test)), y_test)


OPTIONS = [
    {},
    {"num_words": 20},
    {"num_words": 20, "skip_top": 6},
    {"num_words": 20, "skip_top": 2, "oov_char": None},
    {"maxlen": 8},
    {"maxlen": 8, "num_words": 12, "seed": 4},
    {"start_char": None},
    {"start_char": None, "index_from": 0, "oov_char": None, "num_words": 9},
    {"start_char": 7, "oov_char": 5, "index_from": 10, "maxlen": 6},
    {"index_from": 0},
]


def keras_imdb():
    train, test = small_splits()
    data = small_imdb(train, test, "python2")
    cases = []
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "imdb.npz")
        with open(path, "wb") as file:
            file.write(data)
        for options in OPTIONS:
            (x_train, y_train), (x_test, y_test) = load_data(path, **options)
            as_ints = lambda x: [[int(w) for w in row] for row in x]  # noqa: E731
            cases.append(
                {
                    "options": options,
                    "xTrain": as_ints(x_train),
                    "yTrain": y_train.tolist(),
                    "xTest": as_ints(x_test),
                    "yTest": y_test.tolist(),
                }
            )
    files = {"python2": b64(data)}
    for save in ("savez", "savez_compressed"):
        files[save] = b64(small_imdb(train, test, save))
    write("keras-imdb.json", {"files": files, "cases": cases})


def pad_sequences():
    sequences = [[1], [2, 3], [], [4, 5, 6, 7, 8]]
    cases = []
    for maxlen in (None, 1, 3, 7):
        for padding in ("pre", "post"):
            for truncating in ("pre", "post"):
                options = dict(maxlen=maxlen, padding=padding, truncating=truncating, value=-2)
                padded = keras.utils.pad_sequences(sequences, **options)
                cases.append({"options": options, "padded": padded.tolist()})
    plain = keras.utils.pad_sequences(sequences)
    floats = keras.utils.pad_sequences([[0.5], [1.25, 2]], dtype="float32", value=0.5)
    write(
        "pad-sequences.json",
        {"sequences": sequences, "cases": cases, "plain": plain.tolist(), "floats": floats.tolist()},
    )


def real_imdb(path):
    cases = []
    for options in ({"num_words": 10000}, {}, {"num_words": 5000, "skip_top": 20, "maxlen": 200}):
        (x_train, y_train), (x_test, y_test) = load_data(path, **options)
        pad = lambda x: keras.utils.pad_sequences(x, maxlen=500)  # noqa: E731
        cases.append(
            {
                "options": options,
                "train": len(x_train),
                "test": len(x_test),
                "rowsTrain": digest_rows(x_train),
                "rowsTest": digest_rows(x_test),
                "xTrain500": digest(pad(x_train), "<i4"),
                "xTest500": digest(pad(x_test), "<i4"),
                "yTrain": digest(y_train, "<f4"),
                "yTest": digest(y_test, "<f4"),
            }
        )
    with open(path, "rb") as file:
        sha256 = hashlib.sha256(file.read()).hexdigest()
    write("real-imdb.json", {"sha256": sha256, "cases": cases})


if __name__ == "__main__":
    random_states()
    write("npy-files.json", {"rows": npy_files(), "numbers": number_files(), "refused": refused_files()})
    keras_imdb()
    pad_sequences()
    if len(sys.argv) > 1:
        real_imdb(sys.argv[1])
