// Which rows a batch's texts become. The backend is not used.
#include "harness.h"
#include "model/packing.h"

namespace adapter_lab::test {
namespace {

using Numbers = std::vector<int32_t>;

/** Texts whose tokens all have the next one as their target, from token `first` on. */
PackedBatch batch_of(const std::vector<Numbers>& texts, size_t first = 0) {
  PackedBatch batch;
  for (const Numbers& text : texts) {
    batch.lengths.push_back(static_cast<int32_t>(text.size()));
    for (size_t i = 0; i < text.size(); ++i) {
      batch.tokens.push_back(text[i]);
      batch.targets.push_back(i >= first && i + 1 < text.size() ? text[i + 1] : -1);
    }
  }
  return batch;
}

const OnceCase alike("packing of texts that begin alike", [](Test& test) {
  // The third goes on as the second does, the fourth is the first again; the last token of each predicts nothing.
  const Packing packing(batch_of({{5, 6, 7, 9}, {5, 6, 8, 8, 4}, {5, 6, 8, 2, 4}, {5, 6, 7, 9}}));
  test.expect(packing.starts == Numbers{0, 3, 7, 11, 14} && packing.longest == 4, "places");
  test.expect(packing.tokens == Numbers{5, 6, 7, 8, 8, 2}, "tokens");
  test.expect(packing.positions == Numbers{0, 1, 2, 2, 3, 3}, "positions");
  test.expect(packing.row_of == Numbers{0, 1, 2, 0, 1, 3, 4, 0, 1, 3, 5, 0, 1, 2}, "rows of places");
  test.expect(packing.place_of == Numbers{0, 1, 2, 5, 6, 10}, "first places of rows");
  test.expect(packing.wanted.empty() && packing.ends() == 6, "every row is wanted");
  test.expect(packing.counted == Numbers{0, 1, 1, 2, 3, 3, 4, 5}, "counted rows");
  test.expect(packing.targets == Numbers{6, 7, 8, 9, 2, 8, 4, 4}, "targets");
  test.expect(packing.times == Numbers{4, 2, 2, 2, 1, 1, 1, 1}, "how often");
});

const OnceCase wanted("packing of answers", [](Test& test) {
  const Packing packing(batch_of({{5, 6, 7, 9}, {5, 6, 8, 8, 4}}, 2));
  test.expect(packing.row_of == Numbers{0, 1, 2, 0, 1, 3, 4}, "rows of places");
  test.expect(packing.wanted == Numbers{2, 3, 4} && packing.ends() == 3, "wanted rows");
  test.expect(packing.counted == Numbers{0, 1, 2} && packing.targets == Numbers{9, 8, 4}, "targets");
});

const OnceCase unlike("packing of texts that begin otherwise", [](Test& test) {
  Numbers one(20, 3);
  Numbers other(20, 4);
  const Packing packing(batch_of({one, other}));
  test.expect(packing.rows() == 38 && packing.row_of.empty() && packing.place_of.empty(), "rows are places");
  // Two of 38 tokens are too few to pay.
  other[0] = other[1] = 3;
  test.expect(Packing(batch_of({one, other})).row_of.empty(), "a short beginning");
  other[2] = 3;
  test.expect(Packing(batch_of({one, other})).rows() == 35, "a beginning of three");
});

const OnceCase untold("packing of texts that tell nothing", [](Test& test) {
  const Packing none(batch_of({{5, 6, 7}, {8}}, 3));
  test.expect(none.rows() == 0 && none.targets.empty() && none.starts == Numbers{0}, "without a target");
  // A text without a target is left out, wherever it stands.
  const Packing some(batch_of({{8}, {5, 6, 7}, {9}}));
  test.expect(some.tokens == Numbers{5, 6} && some.starts == Numbers{0, 2}, "texts without a target");
  const Packing all({{5, 6, 7, 8}, {}, {4}});
  test.expect(all.rows() == 4 && all.ends() == 4 && all.targets.empty(), "every state is asked for");
});

}  // namespace
}  // namespace adapter_lab::test
