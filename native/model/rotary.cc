#include "model/rotary.h"

#include <algorithm>
#include <cmath>

namespace adapter_lab {

void Rotary::reserve(int64_t positions) {
  if (positions <= cosine_.rows) return;
  const int64_t rows = std::max<int64_t>(positions, 2 * cosine_.rows);
  const auto half = static_cast<int64_t>(inverse_frequencies_.size());
  std::vector<float> cosine(static_cast<size_t>(rows * half));
  std::vector<float> sine(cosine.size());
  for (int64_t position = 0; position < rows; ++position) {
    for (int64_t i = 0; i < half; ++i) {
      // The angle is rounded to float as the reference implementations do, its cosine is not.
      const double angle = static_cast<float>(position) * inverse_frequencies_[static_cast<size_t>(i)];
      cosine[static_cast<size_t>(position * half + i)] = static_cast<float>(std::cos(angle));
      sine[static_cast<size_t>(position * half + i)] = static_cast<float>(std::sin(angle));
    }
  }
  memory_ = ops_.allocate(2 * cosine.size() * sizeof(float), "rotary tables");
  auto* floats = static_cast<float*>(memory_.data());
  cosine_ = Tensor(floats, rows, half);
  sine_ = Tensor(floats + cosine.size(), rows, half);
  ops_.upload(cosine_, cosine.data(), DType::f32);
  ops_.upload(sine_, sine.data(), DType::f32);
}

}  // namespace adapter_lab
