#include "cuda/emulation/counts.h"

#include <algorithm>
#include <array>
#include <set>
#include <span>
#include <vector>

#include "cuda/emulation/block.h"
#include "cuda/emulation/cache.h"
#include "cuda/emulation/fault.h"
#include "cuda/emulation/warp_accesses.h"

namespace adapter_lab::emulation {
namespace {

constexpr size_t kBanks = 32;
constexpr size_t kWordBytes = 4;

// What a multiprocessor of compute capability 8.0 holds.
constexpr unsigned kResidentThreads = 2048;
constexpr unsigned kResidentBlocks = 32;
constexpr size_t kResidentShared = size_t{164} << 10;

int64_t resident_blocks(const CacheModel& model, unsigned threads, size_t shared_bytes) {
  size_t blocks = std::min(kResidentBlocks, kResidentThreads / threads);
  if (shared_bytes > 0) blocks = std::min(blocks, kResidentShared / shared_bytes);
  return static_cast<int64_t>(std::max<size_t>(blocks, 1)) * model.multiprocessors;
}

/** Passes that the banks need for lanes of so many bytes: 128 bytes are served at once. */
struct Passes {
  int64_t needed = 0, made = 0;
};

void add_phase(Passes& passes, std::span<const LaneAccess> lanes) {
  std::set<uint64_t> words;
  for (const LaneAccess& lane : lanes)
    for (uint64_t word = lane.address / kWordBytes; word * kWordBytes < lane.address + lane.bytes; ++word)
      words.insert(word);
  std::array<int64_t, kBanks> of_bank{};
  for (const uint64_t word : words) ++of_bank[word % kBanks];
  passes.needed += static_cast<int64_t>((words.size() + kBanks - 1) / kBanks);
  passes.made += *std::max_element(of_bank.begin(), of_bank.end());
}

Passes passes_of(std::span<const LaneAccess> lanes) {
  Passes passes;
  const size_t at_once = kBanks * kWordBytes / std::max<size_t>(lanes.front().bytes, kWordBytes);
  for (size_t first = 0; first < lanes.size(); first += at_once)
    add_phase(passes, lanes.subspan(first, std::min(at_once, lanes.size() - first)));
  return passes;
}

/** An access of a warp to global memory. */
struct Footprint {
  int64_t bytes = 0;
  std::vector<uint64_t> sectors;
};

Footprint footprint_of(std::span<const LaneAccess> lanes) {
  std::vector<LaneAccess> sorted(lanes.begin(), lanes.end());
  std::sort(sorted.begin(), sorted.end(), [](auto& a, auto& b) { return a.address < b.address; });
  Footprint footprint;
  uint64_t end = 0;  // of what was counted
  for (const LaneAccess& lane : sorted) {
    const uint64_t begin = std::max(lane.address, end);
    if (begin >= lane.address + lane.bytes) continue;
    end = lane.address + lane.bytes;
    footprint.bytes += static_cast<int64_t>(end - begin);
    for (uint64_t sector = begin / kSectorBytes; sector * kSectorBytes < end; ++sector)
      if (footprint.sectors.empty() || footprint.sectors.back() != sector) footprint.sectors.push_back(sector);
  }
  return footprint;
}

}  // namespace

class Recorder {
 public:
  explicit Recorder(const CacheModel& model) : model_(model), l2_(model.l2_bytes / kSectorBytes) {}

  void launch(const char* kernel, unsigned threads, size_t shared_bytes) {
    serve_wave();
    current_ = &kernels_[kernel];
    ++current_->counts.launches;
    accesses_.begin(threads);
    resident_ = resident_blocks(model_, threads, shared_bytes);
  }
  void access(AccessKind kind, uint64_t address, size_t bytes, const Location& at) {
    accesses_.add(position().thread.x, kind, {address, bytes}, at);
  }
  void barrier();
  void block_end();
  void transfer(const char* direction, size_t bytes);
  const std::map<std::string, Counts>& by_kernel();

 private:
  struct Kernel {
    Counts counts;
    int64_t written_sectors = 0;
    int64_t distinct_written_sectors = 0;
  };
  /** Of L2. */
  struct Request {
    uint64_t sector;
    bool is_write;
  };

  void global_access(bool is_write, std::span<const LaneAccess> lanes);
  void serve_wave();
  void serve(const Request& request);

  CacheModel model_;
  Cache l2_;
  Cache endless_{0};
  std::map<std::string, Kernel> kernels_;
  std::map<std::string, Counts> result_;
  Kernel* current_ = nullptr;
  WarpAccesses accesses_;
  int64_t resident_ = 1;
  std::vector<std::vector<Request>> wave_;  // of the blocks that are held at once
  std::vector<Request> block_;
};

void Recorder::global_access(bool is_write, std::span<const LaneAccess> lanes) {
  Counts& counts = current_->counts;
  const Footprint footprint = footprint_of(lanes);
  (is_write ? counts.written_bytes : counts.read_bytes) += footprint.bytes;
  counts.sectors += static_cast<int64_t>(footprint.sectors.size());
  counts.needed_sectors += (footprint.bytes + kSectorBytes - 1) / kSectorBytes;
  for (const uint64_t sector : footprint.sectors) block_.push_back({sector, is_write});
}

void Recorder::barrier() {
  accesses_.drain([&](AccessKind kind, std::span<const LaneAccess> lanes) {
    const bool is_write = kind == AccessKind::kWrite;
    if (is_write || kind == AccessKind::kRead) return global_access(is_write, lanes);
    const Passes passes = passes_of(lanes);
    current_->counts.shared_passes += passes.made;
    current_->counts.needed_shared_passes += passes.needed;
  });
}

void Recorder::block_end() {
  barrier();
  wave_.push_back(std::move(block_));
  block_.clear();
  if (static_cast<int64_t>(wave_.size()) == resident_) serve_wave();
}

/** Blocks that are held at once take turns of some accesses of a warp. */
void Recorder::serve_wave() {
  constexpr size_t kTurn = 64;
  size_t longest = 0;
  for (const std::vector<Request>& block : wave_) longest = std::max(longest, block.size());
  for (size_t first = 0; first < longest; first += kTurn)
    for (const std::vector<Request>& block : wave_)
      for (size_t at = first; at < std::min(first + kTurn, block.size()); ++at) serve(block[at]);
  wave_.clear();
}

void Recorder::serve(const Request& request) {
  if (request.is_write) {
    l2_.write(request.sector, &current_->written_sectors);
    endless_.write(request.sector, &current_->distinct_written_sectors);
    return;
  }
  if (l2_.read(request.sector)) current_->counts.memory_read_bytes += kSectorBytes;
  if (endless_.read(request.sector)) current_->counts.distinct_read_bytes += kSectorBytes;
}

void Recorder::transfer(const char* direction, size_t bytes) {
  serve_wave();
  Counts& counts = kernels_[direction].counts;
  ++counts.transfers;
  counts.transferred_bytes += static_cast<int64_t>(bytes);
}

const std::map<std::string, Counts>& Recorder::by_kernel() {
  serve_wave();
  l2_.flush();
  endless_.flush();
  result_.clear();
  for (auto& [name, kernel] : kernels_) {
    Counts& counts = result_[name] = kernel.counts;
    counts.memory_written_bytes = kernel.written_sectors * kSectorBytes;
    counts.distinct_written_bytes = kernel.distinct_written_sectors * kSectorBytes;
  }
  return result_;
}

Recorder* recorder = nullptr;

void record(AccessKind kind, uint64_t address, size_t bytes, const Location& at) {
  recorder->access(kind, address, bytes, at);
}
void record_launch(const char* kernel, unsigned threads, size_t shared_bytes) {
  if (recorder) recorder->launch(kernel, threads, shared_bytes);
}
void record_barrier() {
  if (recorder) recorder->barrier();
}
void record_block_end() {
  if (recorder) recorder->block_end();
}
void record_transfer(const char* direction, size_t bytes) {
  if (recorder) recorder->transfer(direction, bytes);
}

Counting::Counting(CacheModel model) : recorder_(std::make_unique<Recorder>(model)) {
  if (recorder) throw Fault("two count at a time");
  recorder = recorder_.get();
}
Counting::~Counting() { recorder = nullptr; }

const std::map<std::string, Counts>& Counting::by_kernel() { return recorder_->by_kernel(); }

Counts Counting::total() {
  Counts total;
  for (const auto& [name, counts] : by_kernel()) total += counts;
  return total;
}

Counts& Counts::operator+=(const Counts& other) {
  launches += other.launches;
  read_bytes += other.read_bytes;
  written_bytes += other.written_bytes;
  sectors += other.sectors;
  needed_sectors += other.needed_sectors;
  distinct_read_bytes += other.distinct_read_bytes;
  distinct_written_bytes += other.distinct_written_bytes;
  memory_read_bytes += other.memory_read_bytes;
  memory_written_bytes += other.memory_written_bytes;
  shared_passes += other.shared_passes;
  needed_shared_passes += other.needed_shared_passes;
  transfers += other.transfers;
  transferred_bytes += other.transferred_bytes;
  return *this;
}

}  // namespace adapter_lab::emulation
