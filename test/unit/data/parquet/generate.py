"""Makes the Parquet files beside it.    VENV/bin/python test/unit/data/parquet/generate.py    (pyarrow)"""

from pathlib import Path

import pyarrow
import pyarrow.parquet

HERE = Path(__file__).parent
ROWS = {
    "instruction": [f"question {i} é🙂" for i in range(50)],
    "input": [None if i % 2 else "" for i in range(50)],
    "output": [f"answer {i}" for i in range(50)],
    "number": list(range(50)),
}
CHATS = [
    [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "hello"}],
    [{"role": "user", "content": "bye"}, {"role": "assistant", "content": "goodbye"}],
]

for compression in ["none", "snappy", "gzip", "zstd", "brotli", "lz4"]:
    table = pyarrow.table(ROWS)
    pyarrow.parquet.write_table(table, HERE / f"{compression}.parquet", compression=compression, row_group_size=20)
pyarrow.parquet.write_table(pyarrow.table({"messages": CHATS}), HERE / "chat.parquet")
pyarrow.parquet.write_table(pyarrow.table({"text": pyarrow.array([], pyarrow.string())}), HERE / "empty.parquet")
