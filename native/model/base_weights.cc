#include "model/base_weights.h"

#include <sys/stat.h>

#include <filesystem>
#include <mutex>
#include <set>
#include <sstream>
#include <system_error>

namespace adapter_lab {
namespace {

/** In memory, up to the next 64-byte boundary. */
size_t padded_bytes(const PlacedSource& placed) {
  const TensorSource& source = placed.source;
  if (placed.dtype == DType::nf4) return nf4_bytes(source, whole_range(source));
  const auto bytes = static_cast<size_t>(source.rows() * source.cols()) * size_of(placed.dtype);
  return (bytes + 63) / 64 * 64;
}

void add_part(std::ostream& key, std::set<std::string>& files, const std::string& file, int64_t offset_bytes) {
  key << file << '\n' << offset_bytes << '\n';
  if (!file.empty()) files.insert(file);
}

/** What the weights are: places, types and shapes, and which state of their files is meant. */
std::string key_of(const std::vector<PlacedSource>& sources) {
  std::ostringstream key;
  std::set<std::string> files;
  for (const auto& [name, source, dtype] : sources) {
    key << name << '\n' << static_cast<int>(source.dtype) << ' ' << static_cast<int>(dtype);
    for (const int64_t size : source.shape) key << ' ' << size;
    key << '\n';
    add_part(key, files, source.file, source.offset_bytes);
    const Nf4Parts& nf4 = source.nf4;
    key << nf4.block_size << ' ' << nf4.is_double << ' ' << nf4.offset << '\n';
    for (const FilePart* part : {&nf4.absmax, &nf4.scales, &nf4.map})
      add_part(key, files, part->file, part->offset_bytes);
  }
  for (const std::string& file : files) {
    // Loading says what is wrong with a file that is not there.
    std::error_code missing;
    struct stat status {};
    const auto written = std::filesystem::last_write_time(file, missing);
    if (missing || stat(file.c_str(), &status) != 0) continue;
    key << file << '\n' << status.st_dev << ' ' << status.st_ino << ' ' << status.st_size << ' '
        << written.time_since_epoch().count() << '\n';
  }
  return key.str();
}

}  // namespace

BaseWeights::BaseWeights(Ops& ops, const std::vector<PlacedSource>& sources) {
  // One allocation: tensors of their own would each waste part of a huge page.
  size_t total = 0;
  for (const PlacedSource& placed : sources) total += padded_bytes(placed);
  memory = ops.allocate(total, "the model's weights");
  auto* next = static_cast<char*>(memory.data());
  for (const PlacedSource& placed : sources) {
    weights.try_emplace(placed.name, ops, placed.name, placed.source, next, placed.dtype);
    next += padded_bytes(placed);
  }
}

Weight* BaseWeights::find(const std::string& name) {
  const auto found = weights.find(name);
  return found == weights.end() ? nullptr : &found->second;
}

std::shared_ptr<BaseWeights> share_weights(Ops& ops, const std::vector<PlacedSource>& sources) {
  static std::mutex mutex;
  static std::map<std::string, std::weak_ptr<BaseWeights>> shared;
  const std::string key = key_of(sources);
  // Held while they are loaded: a second engine waits for them instead of loading its own.
  const std::lock_guard lock(mutex);
  std::erase_if(shared, [](const auto& entry) { return entry.second.expired(); });
  if (const auto found = shared.find(key); found != shared.end())
    if (std::shared_ptr<BaseWeights> weights = found->second.lock()) return weights;
  auto weights = std::make_shared<BaseWeights>(ops, sources);
  shared[key] = weights;
  return weights;
}

}  // namespace adapter_lab
