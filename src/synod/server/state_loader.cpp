#include "synod/server/state_loader.hpp"

#include <fmt/format.h>

#include <system_error>
#include <utility>

#include "synod/core/check.hpp"

namespace synod::server {

StateLoader::~StateLoader() {
    if (thread_.joinable()) thread_.join();
}

template <typename Work>
void StateLoader::start(Work work) {
    SYNOD_CHECK(!is_busy());
    ended_ = false;
    thread_ = std::thread([this, work = std::move(work)]() mutable {
        work();
        ended_ = true;
        wake_.set();
    });
}

void StateLoader::begin(std::string snapshot) {
    loads_ = true;
    try {
        start([this, snapshot = std::move(snapshot)] { load(snapshot); });
    } catch (const std::system_error& error) {
        fault_ = fmt::format("no thread can read it: {}", error.what());
        loaded_ = true;
    }
}

void StateLoader::load(const std::string& snapshot) noexcept {
    try {
        state_ = decode_state(as_bytes(snapshot), log_, fault_);
    } catch (const std::exception& error) {  // there is no memory for it
        fault_ = error.what();
    }
}

void StateLoader::dispose(State state) {
    loads_ = false;
    try {
        start([state = std::move(state)]() mutable { static_cast<void>(State(std::move(state))); });
    } catch (const std::system_error&) {  // it is freed already
    }
}

void StateLoader::tick() {
    if (!thread_.joinable() || !ended_) return;
    thread_.join();
    wake_.clear();
    loaded_ = loads_;
}

std::optional<State> StateLoader::take(std::string& fault) {
    SYNOD_CHECK(loaded_);
    loaded_ = false;
    fault = std::exchange(fault_, {});
    return std::exchange(state_, std::nullopt);
}

}  // namespace synod::server
