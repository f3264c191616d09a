#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "synod/core/delivery.hpp"
#include "synod/member/application.hpp"
#include "synod/member/configuration.hpp"
#include "synod/member/own_session.hpp"
#include "synod/member/read_list.hpp"
#include "synod/member/work_list.hpp"
#include "synod/node/bounded_queue.hpp"
#include "synod/node/runtime.hpp"

namespace synod::member {

// A member at work: takes requests from the queue, brings them into the log, and tells what became of each.
class Engine : private host::DeliverySink {
public:
    using Use = ReadList::Use;

    Engine(const Configuration& configuration, std::unique_ptr<Application> application);
    ~Engine() override;
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;

    // From any thread. submit() throws std::length_error.
    void submit(Value::Kind kind, Bytes command, Time deadline, Done done);
    void read(Consistency consistency, Time deadline, Use use);
    [[nodiscard]] std::optional<std::string> failure() const;
    [[nodiscard]] bool observes() const noexcept { return observes_; }

    // Of one that its caller drives.
    [[nodiscard]] int fd() const noexcept { return runtime_.fd(); }
    [[nodiscard]] Time deadline() const;
    // Waits until there is something to do, or `until`, and does it. An error ends the member.
    void turn(Time until);

private:
    struct Read {
        bool stale = false;
        Time deadline;
        Use use;
    };
    using Request = std::variant<Work, Read>;
    // An own value that has come out of the log, or is lost.
    struct Finished {
        Work work;
        std::optional<rsm::Position> position;  // nothing: it is lost
        std::string answer;
    };

    void deliver(InstanceId instance, Bytes batch) override;
    void take(SessionId session, Bytes bytes);
    void lose_below(PieceNumber next);
    void lose(std::size_t count);
    void tell_finished();
    void act(Time until);
    void take_requests(Time now);
    void take(Read read, Time now);
    void answer_stale_reads(bool reached);
    void answer_reads(Time now);
    void answer(const Use& use, bool reached);
    void send_mark();
    void write(Time now);
    [[nodiscard]] bool can_write() const;
    void run();
    void end();
    void fail(const char* what) noexcept;
    [[nodiscard]] bool has_failed() const;

    std::unique_ptr<Application> application_;
    const std::size_t queue_bytes_max_;
    const bool has_thread_;
    node::Runtime runtime_;
    OwnSession session_;  // of the runtime's client
    Learner& learner_;    // the runtime's
    const bool observes_;
    node::BoundedQueue<Request> queue_;
    std::vector<Request> requests_;
    WorkList work_;  // what was sent of it is under way in the session, in the same order
    ReadList reads_;
    std::deque<Use> stale_reads_;
    Delivery delivery_;
    std::string answer_;
    std::deque<Finished> finished_;  // of the batch being delivered

    mutable std::mutex failure_mutex_;
    std::optional<std::string> failure_;
    std::atomic<bool> leaving_ = false;
    node::Wake leave_;
    std::thread thread_;
};

}  // namespace synod::member
