// Memory of the device, cut out of segments that are kept when nobody uses them: taking memory from the driver stops
// all work. Best fit: the smallest free piece that serves, of equal ones the lowest. Free neighbours become one piece.
#pragma once
#include <cstddef>
#include <map>
#include <mutex>
#include <set>
#include <utility>

#include "core/buffer.h"

namespace adapter_lab::gpu {

class DeviceMemory {
 public:
  DeviceMemory() = default;
  ~DeviceMemory();
  DeviceMemory(const DeviceMemory&) = delete;
  DeviceMemory& operator=(const DeviceMemory&) = delete;

  /** 256-byte aligned, contents undefined. Throws Error("out-of-memory") that names `what`, after all segments that
   *  nobody uses went back to the driver. */
  void* take(size_t size_bytes, const char* what);
  void give_back(void* memory);
  /** One piece that is at least so large is there for what is taken later: a plan's memory is there at once, or this
   *  throws as take does. */
  void reserve(size_t size_bytes, const char* what);

  /** Of pieces that somebody has. */
  size_t taken_bytes() const;
  /** The most of them since this was last asked. */
  size_t take_most_bytes();
  /** Of all segments. */
  size_t held_bytes() const;

 private:
  struct Piece {
    size_t size_bytes;
    bool is_taken;
    bool begins_segment;
  };
  using Pieces = std::map<char*, Piece>;

  Pieces::iterator find_free(size_t size_bytes);
  Pieces::iterator add_segment(size_t least_bytes, size_t wanted_bytes, const char* what);
  void release_unused();
  /** The piece is free from now on, as one with neighbours of its segment that are. */
  void free_piece(Pieces::iterator piece);
  bool ends_segment(Pieces::iterator piece) const;

  mutable std::mutex mutex_;
  Pieces pieces_;                            // of all segments
  std::set<std::pair<size_t, char*>> free_;  // size and place of those that nobody has
  size_t taken_bytes_ = 0;
  size_t most_bytes_ = 0;
  size_t held_bytes_ = 0;
};

/** That of the process's device. Work of all its engines is done in order, so memory that one gives back may be used by
 *  the next at once. */
DeviceMemory& device_memory();
/** Of it. Throws Error("out-of-memory"). */
Buffer take_buffer(size_t size_bytes, const char* what);

}  // namespace adapter_lab::gpu
