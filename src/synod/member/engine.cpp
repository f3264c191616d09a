#include "synod/member/engine.hpp"

#include <fmt/format.h>
#include <pthread.h>
#include <signal.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "synod/core/check.hpp"
#include "synod/member/runtime_options.hpp"
#include "synod/node/clock.hpp"

namespace synod::member {

namespace {

constexpr std::size_t kRequestOverhead = 256;  // about what the records of a request take

[[noreturn]] void throw_check(const char* condition, const char* file, int line) {
    throw std::logic_error(fmt::format("broken invariant at {}:{}: {}", file, line, condition));
}

// While it stands, a broken invariant ends the member and not the process.
class ChecksThrow {
public:
    ChecksThrow() : before_(set_check_handler(&throw_check)) {}
    ~ChecksThrow() { set_check_handler(before_); }
    ChecksThrow(const ChecksThrow&) = delete;
    ChecksThrow& operator=(const ChecksThrow&) = delete;

private:
    CheckHandler before_;
};

// The process's signals are for its own threads.
template <typename Body>
std::thread thread_without_signals(Body body) {
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    std::thread thread(std::move(body));
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    return thread;
}

// What a callback throws while the member ends has nowhere to go.
template <typename Call>
void quietly(Call call) noexcept {
    try {
        call();
    } catch (...) {  // NOLINT(bugprone-empty-catch)
    }
}

// Throws std::invalid_argument when not even the smallest command would ever find room.
std::size_t checked_queue(std::size_t bytes_max) {
    if (bytes_max >= kRequestOverhead) return bytes_max;
    throw std::invalid_argument(
        fmt::format("queue_bytes_max: at least {} bytes, which a command takes "
                    "beyond its own; not {}",
                    kRequestOverhead, bytes_max));
}

}  // namespace

Engine::Engine(const Configuration& configuration, std::unique_ptr<Application> application)
    : application_(std::move(application)),
      queue_bytes_max_(checked_queue(configuration.queue_bytes_max)),
      has_thread_(configuration.drive == Configuration::Drive::own_thread),
      runtime_(runtime_options(configuration), this),
      session_(*runtime_.host().role<Client>()),
      learner_(*runtime_.host().role<Learner>()),
      observes_(runtime_.observes()),
      queue_(queue_bytes_max_) {
    runtime_.watch(queue_.fd());
    runtime_.watch(leave_.fd());
    runtime_.start();
    if (has_thread_) thread_ = thread_without_signals([this] { run(); });
}

Engine::~Engine() {
    leaving_ = true;
    leave_.set();
    if (has_thread_)
        thread_.join();
    else
        end();
}

void Engine::submit(Value::Kind kind, Bytes command, Time deadline, Done done) {
    const std::size_t cost = command.size() + kRequestOverhead;
    if (cost > queue_bytes_max_ || command.size() + kValueOverhead > kValueBytesMax) {
        throw std::length_error(fmt::format(
            "a command of {} bytes can never be taken: a member takes at most {} with a queue of {}",
            command.size(), std::min(queue_bytes_max_ - kRequestOverhead, kValueBytesMax - kValueOverhead),
            queue_bytes_max_));
    }
    Request request(Work{kind, {command.begin(), command.end()}, deadline, std::move(done), cost});
    if (queue_.put(std::move(request), cost)) return;
    const Done& refused = std::get<Work>(request).done;  // NOLINT(bugprone-use-after-move): not moved from
    if (refused) refused(Overloaded{});
}

void Engine::read(Consistency consistency, Time deadline, Use use) {
    Request request(Read{consistency == Consistency::stale, deadline, std::move(use)});
    if (queue_.put(std::move(request), kRequestOverhead)) return;
    std::get<Read>(request).use(false);  // NOLINT(bugprone-use-after-move): not moved from
}

std::optional<std::string> Engine::failure() const {
    const std::lock_guard lock(failure_mutex_);
    return failure_;
}

bool Engine::has_failed() const {
    const std::lock_guard lock(failure_mutex_);
    return failure_.has_value();
}

void Engine::run() {
    while (!leaving_ && !has_failed())
        turn(kNever);
    end();
}

// From here on nothing is taken; what was, is told.
void Engine::end() {
    queue_.close();
    take_requests(Time{});
    while (!finished_.empty())
        quietly([this] { tell_finished(); });
    work_.abandon();
    while (!stale_reads_.empty())
        quietly([this] { answer_stale_reads(false); });
    while (auto read = reads_.take_any())
        quietly([&] { read->use(false); });
}

void Engine::fail(const char* what) noexcept {
    const std::lock_guard lock(failure_mutex_);
    failure_ = what;
}

bool Engine::can_write() const {
    return session_.has_work() || (session_.has_room() && work_.has_unsent());
}

Time Engine::deadline() const {
    return can_write() ? Time{} : std::min({runtime_.deadline(), work_.deadline(), reads_.deadline()});
}

void Engine::turn(Time until) {
    if (has_failed()) return;
    const ChecksThrow checks;
    try {
        act(until);
    } catch (const std::exception& error) {
        fail(error.what());
    } catch (...) {
        fail("a callback threw what is no std::exception");
    }
    if (has_failed() && !has_thread_) end();
}

void Engine::act(Time until) {
    const Time at = runtime_.receive(std::min(until, deadline()));
    take_requests(at);
    answer_stale_reads(true);
    queue_.release(work_.expire(at));
    if (reads_.wants_mark(at)) send_mark();
    write(at);
    runtime_.step(at);
    lose_below(delivery_.sessions().next(session_.id()));
    tell_finished();
    answer_reads(at);
    if (const auto what = runtime_.failure(at)) throw std::runtime_error(*what);
}

void Engine::take_requests(Time now) {
    queue_.take_all(requests_);
    for (Request& request : requests_) {
        if (auto* work = std::get_if<Work>(&request))
            work_.add(std::move(*work));
        else
            take(std::move(std::get<Read>(request)), now);
    }
    requests_.clear();
}

void Engine::take(Read read, Time now) {
    if (read.stale)
        stale_reads_.push_back(std::move(read.use));
    else
        reads_.add(learner_.begin_read(), now, read.deadline, std::move(read.use));
}

void Engine::answer(const Use& use, bool reached) {
    queue_.release(kRequestOverhead);
    use(reached);
}

void Engine::answer_stale_reads(bool reached) {
    while (!stale_reads_.empty()) {
        const Use use = std::move(stale_reads_.front());
        stale_reads_.pop_front();
        answer(use, reached);
    }
}

void Engine::answer_reads(Time now) {
    reads_.question_done(learner_.reads().done());
    while (auto read = reads_.take(now))
        answer(read->use, read->reached);
}

// It costs nobody room in the queue: there is one at most.
void Engine::send_mark() {
    reads_.mark_sent();
    const auto back = [this](const Outcome& outcome) {
        reads_.mark_back(std::holds_alternative<Applied>(outcome));
    };
    work_.add({Value::Kind::barrier, {}, kNever, back, 0});
}

// As much as the client takes.
void Engine::write(Time now) {
    session_.go_on(now);
    while (session_.has_room() && work_.has_unsent()) {
        Work& work = work_.send_next();
        session_.submit({work.kind, {node::unix_time_ms()}, work.command}, now);
        work.command = {};
    }
}

void Engine::deliver(InstanceId, Bytes batch) {
    if (batch.empty()) return;
    delivery_.deliver(batch, [this](SessionId session, Bytes bytes) { take(session, bytes); });
    application_->end_batch();
    tell_finished();
}

void Engine::take(SessionId session, Bytes bytes) {
    rsm::Position position;
    answer_.clear();
    const auto value = decode(bytes);
    if (value && value->kind == Value::Kind::command)
        position = application_->apply(value->time, value->command, answer_);
    if (session != session_.id()) return;
    if (const auto lost = session_.comes(bytes)) {
        lose(*lost);
        finished_.push_back({work_.take_sent(), position, answer_});
    }
}

// All pieces of its session below `next` have come out of the log.
void Engine::lose_below(PieceNumber next) {
    lose(session_.is_overtaken(next) ? session_.begin_another() : session_.skip_to(next));
}

// So many of the oldest under way do not come out of the log any more.
void Engine::lose(std::size_t count) {
    for (; count > 0; --count)
        finished_.push_back({work_.take_sent(), std::nullopt, {}});
}

// After the batch: whoever is told that its command was applied finds it delivered.
void Engine::tell_finished() {
    while (!finished_.empty()) {
        const Finished each = std::move(finished_.front());
        finished_.pop_front();
        queue_.release(each.work.cost);
        if (!each.work.done) continue;
        if (each.position)
            each.work.done(Applied{*each.position, each.answer});
        else
            each.work.done(Unknown{});
    }
}

}  // namespace synod::member
