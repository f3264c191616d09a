#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "synod/member/application.hpp"
#include "synod/member/configuration.hpp"
#include "synod/member/journal.hpp"
#include "synod/member/outcome.hpp"

namespace synod::member {

class Engine;

// One of the servers that agree on a sequence of commands: acceptor, proposer, learner and client in one.
//
// Everything but turn() may be called from any thread, and none of it waits. Callbacks come on the member's
// thread (or in turn()); they may submit and read, and must not end the member. What they throw ends it, as
// does an error of its own: then all outcomes are told, Unknown of what was on its way and Overloaded of what
// was not, and failure() says why. It never ends the process.
class Member {
public:
    // Throws std::runtime_error, or std::invalid_argument when the configuration cannot be or there is no
    // application; both say what to do.
    Member(const Configuration& configuration, std::unique_ptr<Application> application);
    // Takes part in the order, and is told of it. Throws as the constructor does.
    [[nodiscard]] static Member join(const Configuration& configuration, Deliver deliver);
    // Leaves; what has no outcome yet gets it before this returns.
    ~Member();
    Member(Member&&) noexcept;
    Member& operator=(Member&&) = delete;

    // `done`, which may be empty, is called once: before this returns when the member is overloaded, else
    // later. Throws std::length_error when the command is larger than can ever be taken.
    void submit(Bytes command, Deadline deadline, Done done);
    // Calls `use` on the member's thread, with true when the application's state is as `consistency` has it,
    // with false when the deadline passed, there was no room, or its entry of the log was lost.
    void read(Consistency consistency, Deadline deadline, std::function<void(bool)> use);

    // For a member that its caller drives: what to poll for reading, when turn() is due at the latest, and
    // one turn, which does not wait.
    [[nodiscard]] int fd() const noexcept;
    [[nodiscard]] Deadline deadline() const;
    void turn();

    // It was here before, and its votes died with it: it serves and delivers, and no majority can count on it
    // until all members have been started anew.
    [[nodiscard]] bool observes() const noexcept;
    [[nodiscard]] std::optional<std::string> failure() const;

private:
    std::unique_ptr<Engine> engine_;
};

}  // namespace synod::member
