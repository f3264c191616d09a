#include "synod/core/batcher.hpp"

#include "synod/core/check.hpp"

namespace synod {

bool Batcher::fits(const Run& run) const noexcept {
    if (run.encoded().size() <= options_.bytes_max) return true;
    for (std::uint32_t k = 0; k < run.count(); ++k) {
        if (kRunHeaderBytes + run.length(k) > options_.bytes_max) return false;
    }
    return true;
}

void Batcher::add(const Run& run, std::uint32_t skip, Time now, InstanceLog& log) {
    const bool whole = skip == 0 && options_.pieces_max == 0 && run.encoded().size() <= options_.bytes_max;
    if (open_.empty()) open_since_ = now;
    if (!whole) return add_pieces(run, skip, log);
    if (open_.size() + run.encoded().size() > options_.bytes_max) {
        close(log);
        open_since_ = now;
    }
    if (open_.empty() && run.encoded().size() >= options_.bytes_max / 2) {
        full_.push_back(log.stage(run.encoded()));
    } else {
        SYNOD_CHECK(open_.add_run(run));
    }
}

void Batcher::add_pieces(const Run& run, std::uint32_t skip, InstanceLog& log) {
    PieceNumber number = run.first().plus(skip);
    run.for_each_piece(skip, [&](Bytes piece, bool ends_value) {
        if (options_.pieces_max != 0 && open_.pieces() >= options_.pieces_max) close(log);
        if (!open_.add(run.session(), number, piece, ends_value)) {
            close(log);
            SYNOD_CHECK(open_.add(run.session(), number, piece, ends_value));
        }
        number = number.next();
    });
    if (options_.pieces_max != 0 && open_.pieces() >= options_.pieces_max) close(log);
}

void Batcher::close(InstanceLog& log) {
    if (open_.empty()) return;
    full_.push_back(log.stage(open_.finish()));
    open_.clear();
}

std::optional<PayloadArena::Handle> Batcher::take(bool send_now, Time now, InstanceLog& log) {
    if (full_.empty() && (send_now || now >= deadline())) close(log);
    if (full_.empty()) return std::nullopt;
    const PayloadArena::Handle batch = full_.front();
    full_.pop_front();
    return batch;
}

void Batcher::clear(InstanceLog& log) {
    for (const PayloadArena::Handle handle : full_)
        log.unstage(handle);
    full_.clear();
    open_.clear();
}

}  // namespace synod
