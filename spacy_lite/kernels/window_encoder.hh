// The residual maxout window encoder over a batch of documents: each layer adds to a row what it makes of the row and its neighbours.
// Documents, or pieces of long ones, pass all layers in chunks that stay in the second-level cache.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>
#include "kernels/network.hh"

namespace spacy_lite {

struct WindowLayer {
    const Kernels* kernels;
    PackedShape shape;         // of the plain product, (2 * window + 1) * width inputs
    const float* weights;
    const float* bias;
    PackedShape tile_shape;    // of the six products of a tile, `width` inputs; for a window of one row to either side
    const float* tile_weights; // or null
    const float* tile_bias;
    const float* gain;
    const float* shift;
};

class WindowEncoder {
  public:
    // pad: rows of zeros around each document. They are zero before the first layer only: what a layer makes of them is seen by the words
    // next to them.
    WindowEncoder(const WindowLayer* layers, size_t depth, size_t width, size_t window, size_t pad)
        : layers_(layers), depth_(depth), width_(width), window_(window), pad_(pad), reach_(depth * window) {
        tiled_ = window == 1 && pad >= reach_;
        for (size_t i = 0; i < depth; ++i) tiled_ = tiled_ && layers[i].tile_weights;
    }

    void encode(const float* rows, const int32_t* lengths, size_t docs, float* out) {
        for (const bool tiled : {false, true}) {
            size_t first = 0;
            for (size_t d = 0; d < docs; ++d) {
                const size_t size = size_t(lengths[d]);
                // The way is chosen by the document alone, so that its result does not depend on the batch.
                if ((size || pad_ < reach_) && tiled == (tiled_ && size >= kShortest)) add_document(first, size, rows, out, tiled);
                first += size;
            }
            flush(rows, out, tiled);
        }
    }

  private:
    static constexpr size_t kShortest = 16;    // documents below are not worth the larger weights of the tiles
    static constexpr size_t kChunkRows = 512;

    // Rows of the batch that stand together in the buffer; of them `keep` after the first `skip` are wanted.
    struct Segment {
        size_t first, size, skip, keep, at;
    };

    static size_t aligned(size_t rows) { return (rows + kTileRows - 1) / kTileRows * kTileRows; }

    void add_document(size_t first, size_t size, const float* rows, float* out, bool tiled) {
        if (pad_ < reach_) {  // documents see each other: all of them have to stand in one buffer
            place({first, size, 0, size, 0}, false);
            return;
        }
        // A long document is cut; `reach` rows on either side of a piece are computed again.
        for (size_t begin = 0; begin < size; begin += kChunkRows) {
            const size_t keep = std::min(kChunkRows, size - begin);
            const size_t before = std::min(begin, aligned(reach_)), after = std::min(size - begin - keep, reach_);
            if (used_ && used_ + before + keep + after > kChunkRows + 2 * aligned(reach_)) flush(rows, out, tiled);
            place({first + begin - before, before + keep + after, before, keep, 0}, true);
        }
    }

    void place(Segment segment, bool align) {
        if (segments_.empty()) used_ = align ? aligned(pad_) : pad_;
        segment.at = used_;
        used_ += segment.size + pad_;
        if (align) used_ = aligned(used_);
        segments_.push_back(segment);
    }

    void flush(const float* rows, float* out, bool tiled) {
        if (segments_.empty()) return;
        const size_t size = (used_ + 2 * window_) * width_;
        buffers_.resize(2 * size);
        float* source = buffers_.data();
        float* target = source + size;
        // `window` more rows at either end are zero for every layer.
        std::memset(source, 0, size * sizeof(float));
        std::memset(target, 0, window_ * width_ * sizeof(float));
        std::memset(target + (window_ + used_) * width_, 0, window_ * width_ * sizeof(float));
        for (const Segment& s : segments_)
            std::memcpy(source + (window_ + s.at) * width_, rows + s.first * width_, s.size * width_ * sizeof(float));
        for (size_t i = 0; i < depth_; ++i) {
            // Of the padding at either end, only the rows that later layers let the words see; tiles are whole.
            const size_t seen = tiled ? pad_ + kTileRows : (depth_ - 1 - i) * window_;
            const size_t begin = segments_.front().at, end = segments_.back().at + segments_.back().size;
            run(layers_[i], source, target, tiled, begin - std::min(begin, seen), std::min(used_, end + seen));
            std::swap(source, target);
        }
        for (const Segment& s : segments_)
            std::memcpy(out + (s.first + s.skip) * width_, source + (window_ + s.at + s.skip) * width_, s.keep * width_ * sizeof(float));
        segments_.clear();
        used_ = 0;
    }

    // Rows `first` to `last` of the buffer through a layer.
    void run(const WindowLayer& layer, const float* source, float* target, bool tiled, size_t first, size_t last) {
        const PackedShape& shape = tiled ? layer.tile_shape : layer.shape;
        const size_t needed = tiled ? layer.kernels->tiles_scratch(shape) : kScratchRows * shape.panels * shape.lanes;
        if (scratch_.size() < needed) scratch_.resize(needed);
        MaxoutNormArgs args{};
        source += first * width_;
        target += first * width_;
        args.input = source;
        args.ld_input = width_;
        args.rows = last - first;
        args.packed = tiled ? layer.tile_weights : layer.weights;
        args.bias = tiled ? layer.tile_bias : layer.bias;
        args.gain = layer.gain;
        args.shift = layer.shift;
        args.residual = source + window_ * width_;
        args.ld_residual = width_;
        args.output = target + window_ * width_;
        args.ld_output = width_;
        args.scratch = scratch_.data();
        (tiled ? layer.kernels->window_tiles : layer.kernels->maxout_norm)(shape, args);
    }

    const WindowLayer* layers_;
    size_t depth_, width_, window_, pad_, reach_, used_ = 0;
    bool tiled_;
    std::vector<Segment> segments_;
    std::vector<float> buffers_, scratch_;
};

}  // namespace spacy_lite
