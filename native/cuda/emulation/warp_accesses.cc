#include "cuda/emulation/warp_accesses.h"

namespace adapter_lab::emulation {

void WarpAccesses::begin(unsigned threads) {
  warps_.assign((threads + kWarp - 1) / kWarp, {});
  sites_.clear();
  kinds_.clear();
}

/** Names of files are constants: each has one address. */
size_t WarpAccesses::site_of(AccessKind kind, const Location& at) {
  const auto file = reinterpret_cast<uint64_t>(at.file_name());
  const uint64_t place = static_cast<uint64_t>(at.line()) << 10 | at.column();
  const uint64_t key = file * 0x9e3779b97f4a7c15u ^ (place << 2 | static_cast<uint64_t>(kind));
  const auto [found, is_new] = sites_.try_emplace(key, kinds_.size());
  if (is_new) kinds_.push_back(kind);
  return found->second;
}

void WarpAccesses::add(unsigned thread, AccessKind kind, LaneAccess access, const Location& at) {
  const size_t index = site_of(kind, at);
  std::vector<Site>& warp = warps_[thread / kWarp];
  if (warp.size() <= index) warp.resize(index + 1);
  Site& site = warp[index];
  const uint32_t time = site.made[thread % kWarp]++;
  if (site.accesses.size() <= time) site.accesses.resize(time + 1);
  Lanes& lanes = site.accesses[time];
  lanes.access[lanes.count++] = access;
}

}  // namespace adapter_lab::emulation
