// Convolutions with 3x3 filters and a stride of 1, and their gradients, by Winograd's F(4x4, 3x3): for each 4x4 places of the
// output 36 products of channels instead of 144. All arithmetic is in float32, also for tensors of bfloat16.
//
// A tile of 6x6 places of the input becomes values at 36 points, and so does each filter; at each point, the products of all
// tiles and filters are one product of matrices; 4x4 places of the output are made from it. The gradient of the filter is
// the product of the tiles' points and the output's gradient's points, over all tiles. The last tile along a side may have less
// than four places, and then needs less points.
//
// Which thread does what changes no sum: results are the same to the bit whatever number of threads there is.
#ifndef FEATUREMINE_WINOGRAD_H_
#define FEATUREMINE_WINOGRAD_H_

#include <algorithm>
#include <array>
#include <type_traits>

#include "lanes.h"
#include "partial-sums.h"
#include "scratch.h"
#include "small-product.h"
#include "thread-pool.h"
#include "winograd-transforms.h"

namespace featuremine {

constexpr int kPoints = kTileIn * kTileIn;

// Measured on an EPYC with 1 MB of second-level cache: tiles that are worked on together; up to so many, filters rather than
// tiles are shared out to the threads, by so many channels at a time; channels and outputs of a part of the filter's gradient;
// its tasks at least.
constexpr int64_t kTilesOfChunk = 48;
constexpr int64_t kFewTiles = 128;
constexpr int64_t kChannelsOfBlock = 128;
constexpr int64_t kSideOfPart = 160;
constexpr int64_t kTasksOfGradient = 8;

// Lines of matrices lie a vector further apart than they are long: those of 4 KB would fall on the same places of a cache.
constexpr int64_t kGap = kLanes;

inline int64_t wholeLanes(int64_t count) { return (count + kLanes - 1) / kLanes * kLanes; }

// How many columns the product from `column` on has, where there are `columns`.
inline int64_t productColumns(int64_t columns, int64_t column) {
  return std::min<int64_t>(kProductColumns, wholeLanes(columns) - column);
}

// As `load` and `store`, of the first `count` values where there are less than sixteen; the others are 0.
template <typename T>
inline Lanes loadFirst(const T* from, int64_t count) {
  Lanes value;
  if (__builtin_expect(count >= kLanes, true)) {
    load(from, &value);
  } else {
    T values[kLanes] = {};
    std::copy_n(from, count, values);
    load(values, &value);
  }
  return value;
}

template <typename T>
inline void storeFirst(T* to, int64_t count, Lanes value) {
  if (__builtin_expect(count >= kLanes, true)) return store(to, value);
  T values[kLanes];
  store(values, value);
  std::copy_n(values, count, to);
}

// Calls `fn` with the start and the number of each sixteen channels; the number is known to the compiler but for the last ones.
template <typename Fn>
inline void forEachLanes(int64_t channels, const Fn& fn) {
  int64_t channel = 0;
  for (; channel + kLanes <= channels; channel += kLanes) fn(channel, std::integral_constant<int64_t, kLanes>());
  if (channel < channels) fn(channel, channels - channel);
}

// [images, height, width, channels]
template <typename T>
struct Images {
  T* data;
  int64_t height, width, channels;

  T* at(int64_t image, int64_t row, int64_t column) const {
    return data + ((image * height + row) * width + column) * channels;
  }
};

// Padding is the same on all four sides.
struct WinogradForm {
  int64_t images, height, width, channels, outputs, padding;

  int64_t outHeight() const { return height + 2 * padding - (kTaps - 1); }
  int64_t outWidth() const { return width + 2 * padding - (kTaps - 1); }
  int64_t tiles() const { return images * tilesAlong(outHeight()) * tilesAlong(outWidth()); }

 private:
  static int64_t tilesAlong(int64_t places) { return (places + kTileOut - 1) / kTileOut; }
};

struct Range {
  int64_t begin, end;
  int64_t count() const { return end - begin; }
  bool has(int64_t index) const { return index >= begin && index < end; }
  Range within(Range other) const {
    const int64_t from = std::max(begin, other.begin);
    return {from, std::max(from, std::min(end, other.end))};
  }
  // Of `parts` parts of nearly one size.
  Range part(int64_t index, int64_t parts) const {
    return {begin + count() * index / parts, begin + count() * (index + 1) / parts};
  }
};

// A tile's first place in the output, and by how many places along each side its points are made (2 to 4): the last one
// down or across may have less than four.
struct Tile {
  int64_t image, row, column;
  int rows, columns;
};

// The order of all tiles: first those at both ends, then those at the right end, those at none, and those at the lower end. So
// those that need a point follow each other.
class Tiles {
 public:
  explicit Tiles(const WinogradForm& form) {
    const Side down(form.outHeight()), across(form.outWidth());
    kinds_ = {Kind{down.end, across.end}, {down.whole, across.end}, {down.whole, across.whole}, {down.end, across.whole}};
    int64_t next = 0;
    for (Kind& kind : kinds_) {
      kind.all = {next, next + form.images * kind.down.count * kind.across.count};
      next = kind.all.end;
    }
  }

  Tile at(int64_t index) const {
    const Kind* kind = &kinds_[0];
    while (index >= kind->all.end) kind++;
    const int64_t place = index - kind->all.begin, row = place / kind->across.count, down = kind->down.count;
    return {row / down, kind->down.first + row % down * kTileOut, kind->across.first + place % kind->across.count * kTileOut,
            kind->down.places, kind->across.places};
  }

  // Those that need a point.
  Range with(int point) const {
    const bool is_down = hasPoint(kinds_[3].down.places, point / kTileIn);
    const bool is_across = hasPoint(kinds_[1].across.places, point % kTileIn);
    return {kinds_[!is_across ? 2 : !is_down ? 1 : 0].all.begin, kinds_[is_down ? 3 : 2].all.end};
  }

 private:
  // Tiles that follow each other along a side: the first one's first place, their number, and by how many places they are made.
  struct Part {
    int64_t first, count;
    int places;
  };

  struct Side {
    explicit Side(int64_t places)
        : whole{0, places / kTileOut, kTileOut},
          end{whole.count * kTileOut, places % kTileOut > 0, static_cast<int>(std::max<int64_t>(2, places % kTileOut))} {}
    Part whole, end;
  };

  struct Kind {
    Part down, across;
    Range all{};
  };

  std::array<Kind, 4> kinds_;
};

// Values at the points: for each of them a matrix [tiles, channels].
struct Points {
  float* data;
  int64_t line, plane;

  Points(float* memory, int64_t tiles, int64_t channels)
      : data(memory), line(wholeLanes(channels) + kGap), plane(tiles * line) {}
  static int64_t size(int64_t tiles, int64_t channels) { return kPoints * tiles * (wholeLanes(channels) + kGap); }
  float* at(int64_t point, int64_t tile, int64_t channel) const { return data + point * plane + tile * line + channel; }
};

using Transform = void (*)(const Lanes*, int, Lanes*, int);

// A side of a tile with all its places, known to the compiler; and one with so many.
struct WholeSide {
  static constexpr int places = kTileOut;
  template <typename Of>
  static void transform(const Lanes* from, int step, Lanes* to, int to_step) {
    Of::template along<kTileOut>(from, step, to, to_step);
  }
};

struct AnySide {
  int places;
  template <typename Of>
  void transform(const Lanes* from, int step, Lanes* to, int to_step) const {
    constexpr Transform all[] = {Of::template along<2>, Of::template along<3>, Of::template along<4>};
    all[places - 2](from, step, to, to_step);
  }
};

// Calls `fn` with the sides of a tile, down and across.
template <typename Fn>
inline void withSides(const Tile& tile, const Fn& fn) {
  if (tile.rows == kTileOut && tile.columns == kTileOut) {
    fn(WholeSide(), WholeSide());
  } else {
    fn(AnySide{tile.rows}, AnySide{tile.columns});
  }
}

// What becomes values at the points: tiles of the input, which overlap, and of the output's gradient. `kMore` is how many places
// along a side are read for those of the output.
struct OfInput {
  static constexpr int kMore = kTaps - 1;
  template <int outs>
  static void along(const Lanes* from, int step, Lanes* to, int to_step) {
    inputToPoints<outs>(from, step, to, to_step);
  }
};

struct OfGradient {
  static constexpr int kMore = 0;
  template <int outs>
  static void along(const Lanes* from, int step, Lanes* to, int to_step) {
    gradientToPoints<outs>(from, step, to, to_step);
  }
};

struct OfOutput {
  template <int outs>
  static void along(const Lanes* from, int step, Lanes* to, int to_step) {
    pointsToOutput<outs>(from, step, to, to_step);
  }
};

// Some channels of tiles to their points. `shift` is where a tile begins, seen from its first place in the output.
template <typename Of, typename T>
void toPoints(const Tiles& layout, const Images<const T>& images, Range tiles, Range channels, int64_t shift, const Points& to) {
  for (int64_t index = tiles.begin; index < tiles.end; index++) {
    const Tile tile = layout.at(index);
    const int64_t row = tile.row + shift, column = tile.column + shift;
    const Range rows = Range{-row, images.height - row}.within({0, tile.rows + Of::kMore});
    const Range columns = Range{-column, images.width - column}.within({0, tile.columns + Of::kMore});
    const T* const from = images.at(tile.image, row, column) + channels.begin;
    withSides(tile, [&](auto down, auto across) {
      const auto transformAll = [&](auto is_inside) {
        forEachLanes(channels.count(), [&](int64_t channel, auto count) {
          Lanes half[kTileIn * kTileIn];
#pragma GCC unroll 6
          for (int j = 0; j < across.places + Of::kMore; j++) {
            Lanes places[kTileIn];
#pragma GCC unroll 6
            for (int i = 0; i < down.places + Of::kMore; i++) {
              const T* const place = from + (i * images.width + j) * images.channels + channel;
              places[i] = is_inside || (rows.has(i) && columns.has(j)) ? loadFirst(place, count) : Lanes{};
              // The next tile's.
              __builtin_prefetch(place + kTileOut * images.channels);
            }
            down.template transform<Of>(places, 1, half + j, kTileIn);
          }
#pragma GCC unroll 6
          for (int i = 0; i < kTileIn; i++) {
            if (!hasPoint(down.places, i)) continue;
            Lanes values[kTileIn];
            across.template transform<Of>(half + i * kTileIn, 1, values, 1);
            for (int j = 0; j < kTileIn; j++) {
              if (hasPoint(across.places, j)) store(to.at(i * kTileIn + j, index - tiles.begin, channel), values[j]);
            }
          }
        });
      };
      if (rows.count() == down.places + Of::kMore && columns.count() == across.places + Of::kMore) {
        transformAll(std::true_type());
      } else {
        transformAll(std::false_type());
      }
    });
  }
}

template <typename T>
void inputPoints(const WinogradForm& form, const Tiles& layout, const T* x, Range tiles, Range channels, const Points& to) {
  const Images<const T> images{x, form.height, form.width, form.channels};
  toPoints<OfInput>(layout, images, tiles, channels, -form.padding, to);
}

template <typename T>
void gradientPoints(const WinogradForm& form, const Tiles& layout, const T* dy, Range tiles, Range outputs, const Points& to) {
  const Images<const T> images{dy, form.outHeight(), form.outWidth(), form.outputs};
  toPoints<OfGradient>(layout, images, tiles, outputs, 0, to);
}

// What is done with each output: `bias` [outputs] is added, unless it is null, and with a ReLU no less than 0 is left.
template <typename T>
struct BiasAndRelu {
  const T* bias;
  bool has_relu;

  Lanes biasOf(int64_t output, int64_t count) const { return bias == nullptr ? Lanes{} : loadFirst(bias + output, count); }
  // What is not a number stays so.
  Lanes of(Lanes sum) const { return has_relu ? (sum < 0.0f ? Lanes{} : sum) : sum; }
};

// Some outputs of the places of tiles, from the products at their points.
template <typename T>
void outputPlaces(const WinogradForm& form, const Tiles& layout, const Points& from, Range tiles, Range outputs,
                  const BiasAndRelu<T>& ending, T* y) {
  const Images<T> images{y, form.outHeight(), form.outWidth(), form.outputs};
  for (int64_t index = tiles.begin; index < tiles.end; index++) {
    const Tile tile = layout.at(index);
    const int64_t rows = std::min<int64_t>(tile.rows, images.height - tile.row);
    const int64_t columns = std::min<int64_t>(tile.columns, images.width - tile.column);
    T* const to = images.at(tile.image, tile.row, tile.column) + outputs.begin;
    withSides(tile, [&](auto down, auto across) {
      forEachLanes(outputs.count(), [&](int64_t output, auto count) {
        Lanes half[kTileOut * kTileIn];
#pragma GCC unroll 6
        for (int j = 0; j < kTileIn; j++) {
          if (!hasPoint(across.places, j)) continue;
          Lanes values[kTileIn];
          for (int i = 0; i < kTileIn; i++) {
            if (hasPoint(down.places, i)) load(from.at(i * kTileIn + j, index - tiles.begin, output), &values[i]);
          }
          down.template transform<OfOutput>(values, 1, half + j, kTileIn);
        }
        const Lanes bias = ending.biasOf(outputs.begin + output, count);
#pragma GCC unroll 4
        for (int i = 0; i < down.places; i++) {
          Lanes places[kTileOut];
          across.template transform<OfOutput>(half + i * kTileIn, 1, places, 1);
          if (i >= rows) continue;
          for (int64_t j = 0; j < columns; j++) {
            storeFirst(to + (i * images.width + j) * images.channels + output, count, ending.of(places[j] + bias));
          }
        }
      });
    });
  }
}

// Filters [3, 3, channels, outputs]; or, for the gradient by the input, [3, 3, outputs, channels], to be turned by 180 degrees.
template <typename T>
struct Filters {
  const T* data;
  int64_t channels, outputs;
  bool is_transposed;

  // Sixteen channels by sixteen outputs of a tap.
  void read(int tap, int64_t channel, int64_t output, Lanes* block) const {
    if (!is_transposed) {
      for (int64_t i = 0; i < kLanes; i++) {
        const bool is_there = channel + i < channels;
        block[i] = is_there ? loadFirst(data + (tap * channels + channel + i) * outputs + output, outputs - output) : Lanes{};
      }
      return;
    }
    for (int64_t i = 0; i < kLanes; i++) block[i] = Lanes{};
    const int64_t turned = kTaps * kTaps - 1 - tap;
    for (int64_t j = 0; j < std::min(kLanes, outputs - output); j++) {
      const Lanes line = loadFirst(data + (turned * outputs + output + j) * channels + channel, channels - channel);
      for (int64_t i = 0; i < kLanes; i++) block[i][j] = line[i];
    }
  }
};

// Some filters at the points, as the products read them: for each point, for the columns of one product after
// another, [channels, columns].
class FilterPoints {
 public:
  FilterPoints(float* memory, Range channels, Range outputs)
      : data_(memory), channels_(channels), outputs_(outputs), plane_(size(channels.count(), outputs.count()) / kPoints) {}

  static int64_t size(int64_t channels, int64_t outputs) { return kPoints * channels * wholeLanes(outputs); }

  const Range& channels() const { return channels_; }
  const Range& outputs() const { return outputs_; }

  // The lines of channels at a point, for the outputs from `output` on, counted from the first one here: where the columns
  // of a product begin.
  Matrix<const float> panel(int64_t point, int64_t output) const {
    return {data_ + point * plane_ + output * channels_.count(), productColumns(outputs_.count(), output)};
  }

  // Makes those of some channels.
  template <typename T>
  void fill(const Filters<T>& filters, Range channels) const {
    for (int64_t output = 0; output < outputs_.count(); output += kLanes) {
      const int64_t first = output / kProductColumns * kProductColumns;
      const int64_t line = productColumns(outputs_.count(), first);
      for (int64_t channel = channels.begin; channel < channels.end; channel += kLanes) {
        Lanes taps[kTaps * kTaps][kLanes];
        for (int tap = 0; tap < kTaps * kTaps; tap++) filters.read(tap, channel, outputs_.begin + output, taps[tap]);
        for (int64_t i = 0; i < std::min(kLanes, channels.end - channel); i++) {
          Lanes half[kTileIn * kTaps];
          for (int j = 0; j < kTaps; j++) filterToPoints(&taps[j][i], kTaps * kLanes, half + j, kTaps);
          const int64_t row = channel + i - channels_.begin;
          float* const to = data_ + first * channels_.count() + row * line + output - first;
          for (int j = 0; j < kTileIn; j++) {
            Lanes values[kTileIn];
            filterToPoints(half + j * kTaps, 1, values, 1);
            for (int k = 0; k < kTileIn; k++) store(to + (j * kTileIn + k) * plane_, values[k]);
          }
        }
      }
    }
  }

 private:
  float* data_;
  Range channels_, outputs_;
  int64_t plane_;
};

// At each point the product of the values of the tiles that need it and the filters'; or it is added to what is there.
template <bool is_added>
inline void multiply(const Tiles& layout, const Points& input, const FilterPoints& filters, Range tiles, const Points& to) {
  for (int point = 0; point < kPoints; point++) {
    const Range needed = layout.with(point).within(tiles);
    const int64_t groups = (needed.count() + kProductRows - 1) / kProductRows;
    for (int64_t output = 0; output < filters.outputs().count(); output += kProductColumns) {
      const Matrix<const float> panel = filters.panel(point, output);
      for (int64_t group = 0; group < groups; group++) {
        const Range rows = needed.part(group, groups);
        const int64_t row = rows.begin - tiles.begin;
        product<Left::kByRows, is_added>(rows.count(), panel.line, {input.at(point, row, filters.channels().begin), input.line},
                                         panel, filters.channels().count(), {to.at(point, row, output), to.line});
      }
    }
  }
}

// With few tiles the filters are the larger part: each thread makes the points of some of them, and uses them while they are in
// its cache.
template <typename T>
void winogradByFilters(const WinogradForm& form, const T* x, const Filters<T>& filters, const BiasAndRelu<T>& ending, T* y) {
  const Tiles layout(form);
  const Range tiles{0, form.tiles()};
  const Points input(scratch(Memory::kShared).of<float>(Points::size(tiles.end, form.channels)), tiles.end, form.channels);
  ThreadPool::instance().run(tiles.end, [&](int64_t tile) {
    Points at = input;
    at.data = input.at(0, tile, 0);
    inputPoints(form, layout, x, {tile, tile + 1}, {0, form.channels}, at);
  });
  ThreadPool::instance().run((form.outputs + kProductColumns - 1) / kProductColumns, [&](int64_t index) {
    const Range outputs{index * kProductColumns, std::min(form.outputs, (index + 1) * kProductColumns)};
    const Points products(scratch(Memory::kFirst).of<float>(Points::size(tiles.end, outputs.count())), tiles.end,
                          outputs.count());
    float* const memory = scratch(Memory::kSecond).of<float>(FilterPoints::size(kChannelsOfBlock, outputs.count()));
    for (int64_t channel = 0; channel < form.channels; channel += kChannelsOfBlock) {
      const Range channels{channel, std::min(form.channels, channel + kChannelsOfBlock)};
      const FilterPoints block(memory, channels, outputs);
      block.fill(filters, channels);
      (channel == 0 ? multiply<false> : multiply<true>)(layout, input, block, tiles, products);
    }
    outputPlaces(form, layout, products, tiles, outputs, ending, y);
  });
}

// With more tiles the points of all filters are made once.
template <typename T>
void winogradByTiles(const WinogradForm& form, const T* x, const Filters<T>& filters, const BiasAndRelu<T>& ending, T* y) {
  const Tiles layout(form);
  const Range channels{0, form.channels}, outputs{0, form.outputs};
  float* const memory = scratch(Memory::kShared).of<float>(FilterPoints::size(form.channels, form.outputs));
  const FilterPoints all(memory, channels, outputs);
  ThreadPool::instance().run((form.channels + kLanes - 1) / kLanes, [&](int64_t index) {
    all.fill(filters, {index * kLanes, std::min(form.channels, (index + 1) * kLanes)});
  });
  // An even number, where one of two threads takes as many as the other.
  const int64_t chunks = (form.tiles() + 2 * kTilesOfChunk - 1) / (2 * kTilesOfChunk) * 2;
  ThreadPool::instance().run(chunks, [&](int64_t index) {
    const Range tiles = Range{0, form.tiles()}.part(index, chunks);
    const int64_t count = tiles.count();
    const Points input(scratch(Memory::kFirst).of<float>(Points::size(count, form.channels)), count, form.channels);
    const Points products(scratch(Memory::kSecond).of<float>(Points::size(count, form.outputs)), count, form.outputs);
    inputPoints(form, layout, x, tiles, channels, input);
    multiply<false>(layout, input, all, tiles, products);
    outputPlaces(form, layout, products, tiles, outputs, ending, y);
  });
}

// From x [images, height, width, channels] and filters to y [images, out height, out width, outputs].
template <typename T>
void winograd(const WinogradForm& form, const T* x, const Filters<T>& filters, const BiasAndRelu<T>& ending, T* y) {
  (form.tiles() <= kFewTiles ? winogradByFilters<T> : winogradByTiles<T>)(form, x, filters, ending, y);
}

// A part of the channels and of the outputs of the gradient of filters, summed over a part of the tiles into dw [3, 3, channels,
// outputs].
template <typename T>
void winogradFilterGradientPart(const WinogradForm& form, const Tiles& layout, const T* x, const T* dy, Range channels,
                                Range outputs, Range tiles, float* dw) {
  // [points, channels, outputs]
  const int64_t line = wholeLanes(outputs.count()), plane = channels.count() * line;
  float* const sums = scratch(Memory::kThird).of<float>(kPoints * plane);
  const int64_t chunks = (tiles.count() + kTilesOfChunk - 1) / kTilesOfChunk;
  for (int64_t chunk = 0; chunk < chunks; chunk++) {
    const Range part = tiles.part(chunk, chunks);
    const Points input(scratch(Memory::kFirst).of<float>(Points::size(part.count(), channels.count())), part.count(),
                       channels.count());
    const Points gradient(scratch(Memory::kSecond).of<float>(Points::size(part.count(), outputs.count())), part.count(),
                          outputs.count());
    inputPoints(form, layout, x, part, channels, input);
    gradientPoints(form, layout, dy, part, outputs, gradient);
    const auto add = chunk == 0 ? product<Left::kBySummed, false> : product<Left::kBySummed, true>;
    for (int point = 0; point < kPoints; point++) {
      const Range needed = layout.with(point).within(part);
      const int64_t first = needed.begin - part.begin;
      for (int64_t output = 0; output < outputs.count(); output += kProductColumns) {
        for (int64_t channel = 0; channel < channels.count(); channel += kProductRows) {
          add(std::min<int64_t>(kProductRows, channels.count() - channel), productColumns(outputs.count(), output),
              {input.at(point, first, channel), input.line}, {gradient.at(point, first, output), gradient.line}, needed.count(),
              {sums + point * plane + channel * line + output, line});
        }
      }
    }
  }
  for (int64_t channel = 0; channel < channels.count(); channel++) {
    for (int64_t output = 0; output < outputs.count(); output += kLanes) {
      Lanes points[kPoints], half[kTaps * kTileIn];
      for (int point = 0; point < kPoints; point++) load(sums + point * plane + channel * line + output, &points[point]);
      for (int j = 0; j < kTileIn; j++) pointsToFilter(points + j, kTileIn, half + j, kTileIn);
      for (int i = 0; i < kTaps; i++) {
        Lanes taps[kTaps];
        pointsToFilter(half + i * kTileIn, 1, taps, 1);
        for (int j = 0; j < kTaps; j++) {
          float* const to = dw + ((i * kTaps + j) * form.channels + channels.begin + channel) * form.outputs + outputs.begin;
          storeFirst(to + output, outputs.count() - output, taps[j]);
        }
      }
    }
  }
}

// From x [images, height, width, channels] and dy [images, out height, out width, outputs] to dw [3, 3, channels, outputs].
template <typename T>
void winogradFilterGradient(const WinogradForm& form, const T* x, const T* dy, float* dw) {
  const Tiles layout(form);
  const int64_t channel_parts = (form.channels + kSideOfPart - 1) / kSideOfPart;
  const int64_t output_parts = (form.outputs + kSideOfPart - 1) / kSideOfPart;
  const int64_t parts = channel_parts * output_parts;
  const int64_t chunks = std::min((kTasksOfGradient + parts - 1) / parts, form.tiles());
  const int64_t size = kTaps * kTaps * form.channels * form.outputs;
  float* const partial = chunks > 1 ? scratch(Memory::kShared).of<float>(chunks * size) : dw;
  // Of whole vectors.
  const auto part = [](int64_t index, int64_t count, int64_t all) {
    const Range lanes = Range{0, wholeLanes(all) / kLanes}.part(index, count);
    return Range{lanes.begin * kLanes, std::min(all, lanes.end * kLanes)};
  };
  ThreadPool::instance().run(parts * chunks, [&](int64_t index) {
    const int64_t chunk = index / parts;
    winogradFilterGradientPart(form, layout, x, dy, part(index % channel_parts, channel_parts, form.channels),
                               part(index % parts / channel_parts, output_parts, form.outputs),
                               Range{0, form.tiles()}.part(chunk, chunks), partial + chunk * size);
  });
  if (chunks > 1) addPartial(partial, chunks, size, dw);
}

}  // namespace featuremine

#endif  // FEATUREMINE_WINOGRAD_H_
