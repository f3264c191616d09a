#include "synod/server/state_loader.hpp"

#include <utility>

#include "synod/core/check.hpp"

namespace synod::server {

StateLoader::~StateLoader() {
    join();
}

void StateLoader::join() {
    if (thread_.joinable()) thread_.join();
}

void StateLoader::begin(std::string snapshot) {
    SYNOD_CHECK(!under_way_);
    join();
    under_way_ = true;
    ended_ = false;
    thread_ = std::thread([this, snapshot = std::move(snapshot)] {
        try {
            state_ = decode_state(as_bytes(snapshot), log_, fault_);
        } catch (const std::exception& error) {  // there is no memory for it
            fault_ = error.what();
        }
        ended_ = true;
        wake_.set();
    });
}

std::optional<State> StateLoader::take(std::string& fault) {
    SYNOD_CHECK(has_ended());
    join();
    wake_.clear();
    under_way_ = false;
    fault = std::exchange(fault_, {});
    return std::exchange(state_, std::nullopt);
}

void StateLoader::dispose(State state) {
    SYNOD_CHECK(!under_way_);
    join();
    thread_ = std::thread([state = std::move(state)] {});
}

}  // namespace synod::server
