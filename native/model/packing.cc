#include "model/packing.h"

#include <algorithm>
#include <utility>

namespace adapter_lab {
namespace {

using Tokens = std::span<const int32_t>;

/** Rows are shared if that saves at least one place in so many: places are read and written through indices then. */
constexpr size_t kPaysFromOneIn = 16;

/** Without what follows the last target. */
size_t needed_length(Tokens targets) {
  size_t length = targets.size();
  while (length > 0 && targets[length - 1] < 0) --length;
  return length;
}

/** What a text has in common with the earlier one that it shares most with. */
struct Beginning {
  size_t text = 0;
  size_t length = 0;
};

Beginning longest_beginning(std::span<const Tokens> texts, size_t of) {
  Beginning longest;
  const Tokens own = texts[of];
  for (size_t i = 0; i < of && longest.length < own.size(); ++i) {
    const Tokens other = texts[i];
    if (other.size() <= longest.length || other[longest.length] != own[longest.length]) continue;
    const auto end = std::mismatch(own.begin(), own.end(), other.begin(), other.end()).first;
    const auto length = static_cast<size_t>(end - own.begin());
    if (length > longest.length) longest = {i, length};
  }
  return longest;
}

/** Of each text; none has one where that would not pay. */
std::vector<Beginning> shared_beginnings(std::span<const Tokens> texts) {
  std::vector<Beginning> beginnings(texts.size());
  size_t places = 0;
  size_t saved = 0;
  for (size_t i = 0; i < texts.size(); ++i) {
    beginnings[i] = longest_beginning(texts, i);
    places += texts[i].size();
    saved += beginnings[i].length;
  }
  if (saved * kPaysFromOneIn < places) std::fill(beginnings.begin(), beginnings.end(), Beginning{});
  return beginnings;
}

}  // namespace

Packing::Packing(const PackedBatch& batch) : starts{0} {
  std::vector<Tokens> texts;
  std::vector<int32_t> targets_of_places;
  size_t first = 0;
  for (const int32_t length : batch.lengths) {
    const auto size = static_cast<size_t>(length);
    const Tokens text = Tokens(batch.tokens).subspan(first, size);
    const Tokens own = batch.targets.empty() ? Tokens() : Tokens(batch.targets).subspan(first, size);
    first += size;
    const size_t needed = batch.targets.empty() ? size : needed_length(own);
    if (needed == 0) continue;
    texts.push_back(text.first(needed));
    if (!own.empty()) targets_of_places.insert(targets_of_places.end(), own.begin(), own.begin() + needed);
    starts.push_back(starts.back() + static_cast<int32_t>(needed));
    longest = std::max(longest, static_cast<int64_t>(needed));
  }
  const std::vector<Beginning> beginnings = shared_beginnings(texts);
  for (size_t i = 0; i < texts.size(); ++i) {
    const auto [from, shared] = beginnings[i];
    const auto first_known = static_cast<size_t>(starts[from]);
    for (size_t position = 0; position < shared; ++position) row_of.push_back(row_of[first_known + position]);
    for (size_t position = shared; position < texts[i].size(); ++position) {
      place_of.push_back(starts[i] + static_cast<int32_t>(position));
      row_of.push_back(static_cast<int32_t>(tokens.size()));
      tokens.push_back(texts[i][position]);
      positions.push_back(static_cast<int32_t>(position));
    }
  }
  set_targets(targets_of_places);
  if (row_of.size() > tokens.size()) return;
  row_of.clear();
  place_of.clear();
}

void Packing::set_targets(std::span<const int32_t> of_places) {
  if (of_places.empty()) return;
  std::vector<int32_t> end_of(tokens.size(), -1);
  for (size_t place = 0; place < of_places.size(); ++place)
    if (of_places[place] >= 0) end_of[static_cast<size_t>(row_of[place])] = 0;
  for (size_t row = 0; row < end_of.size(); ++row) {
    if (end_of[row] < 0) continue;
    end_of[row] = static_cast<int32_t>(wanted.size());
    wanted.push_back(static_cast<int32_t>(row));
  }
  std::vector<std::pair<int32_t, int32_t>> all;
  for (size_t place = 0; place < of_places.size(); ++place)
    if (of_places[place] >= 0) all.emplace_back(end_of[static_cast<size_t>(row_of[place])], of_places[place]);
  std::sort(all.begin(), all.end());
  for (const auto& [row, target] : all) {
    if (!counted.empty() && counted.back() == row && targets.back() == target) {
      ++times.back();
      continue;
    }
    counted.push_back(row);
    targets.push_back(target);
    times.push_back(1);
  }
  if (wanted.size() == tokens.size()) wanted.clear();
}

}  // namespace adapter_lab
