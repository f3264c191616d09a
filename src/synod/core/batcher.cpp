#include "synod/core/batcher.hpp"

#include "synod/core/check.hpp"

namespace synod {

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
        add_piece(run.session(), number, piece, ends_value, log);
        number = number.next();
    });
}

void Batcher::add_piece(SessionId session, PieceNumber number, Bytes piece, bool ends_value,
                        InstanceLog& log) {
    if (!open_.add(session, number, piece, ends_value)) {
        close(log);
        if (!open_.add(session, number, piece, ends_value)) {
            BatchWriter alone(kRunHeaderBytes + piece.size() + 3);
            SYNOD_CHECK(alone.add(session, number, piece, ends_value));
            full_.push_back(log.stage(alone.finish()));
            return;
        }
    }
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

std::vector<std::vector<std::byte>> Batcher::full_batches(const InstanceLog& log) const {
    std::vector<std::vector<std::byte>> batches;
    for (const PayloadArena::Handle handle : full_) {
        const Bytes batch = log.arena().view(handle);
        batches.emplace_back(batch.begin(), batch.end());
    }
    return batches;
}

void Batcher::clear(InstanceLog& log) {
    for (const PayloadArena::Handle handle : full_)
        log.unstage(handle);
    full_.clear();
    open_.clear();
}

}  // namespace synod
