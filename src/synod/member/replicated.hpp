#pragma once

#include <memory>
#include <utility>

#include "synod/member/member.hpp"
#include "synod/rsm/replica.hpp"

namespace synod::member {

// A state machine that is the same at every member.
template <rsm::StateMachine M>
class Replicated {
public:
    // Throws as Member does.
    explicit Replicated(const Configuration& configuration, M machine = M{})
        : Replicated(configuration, std::make_unique<Driven>(std::move(machine))) {}

    void submit(Bytes command, Deadline deadline, Done done) {
        member_.submit(command, deadline, std::move(done));
    }
    // Calls use(const M*) on the member's thread, with null when the deadline passed or there was no room.
    template <typename Use>
    void read(Consistency consistency, Deadline deadline, Use use) {
        member_.read(consistency, deadline, [driven = driven_, use = std::move(use)](bool reached) {
            use(reached ? &driven->replica.machine() : nullptr);
        });
    }
    [[nodiscard]] Member& member() noexcept { return member_; }

private:
    struct Driven : Application {
        explicit Driven(M machine) : replica(std::move(machine)) {}
        rsm::Position apply(rsm::UnixTime proposed, Bytes command, std::string& answer) override {
            const rsm::Position position = replica.position();
            replica.apply(proposed, command, answer);
            return position;
        }
        rsm::Replica<M> replica;
    };

    Replicated(const Configuration& configuration, std::unique_ptr<Driven> driven)
        : driven_(driven.get()), member_(configuration, std::move(driven)) {}

    const Driven* driven_;  // the member's
    Member member_;
};

}  // namespace synod::member
