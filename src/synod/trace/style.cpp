#include "synod/trace/style.hpp"

#include <fmt/format.h>

#include <array>
#include <string_view>

namespace synod::trace {

namespace {

constexpr std::string_view kShapes = R"(
.synod{font:11px ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,monospace}
.synod .title{font-size:13px;font-weight:600}
.synod .name{font-weight:600;text-anchor:middle}
.synod .tick{font-size:10px;text-anchor:end}
.synod .grid{stroke-width:.5;opacity:.55}
.synod .alive{stroke-width:1.4}
.synod .absent{stroke-width:1;stroke-dasharray:1 5}
.synod .paused{stroke-width:1.4;stroke-dasharray:3 4}
.synod .lead{stroke-width:6;opacity:.38}
.synod .label,.synod .across{paint-order:stroke;stroke-width:4px;stroke-linejoin:round}
.synod .arrow line,.synod .arrow path{stroke-width:1.3;fill:none}
.synod .arrow .head{stroke:none}
.synod .listens{opacity:.32}
.synod .chatter{opacity:.28}
.synod .mark{stroke-width:1.6}
.synod .mark.broad{stroke-width:2.4}
.synod .ring{fill:none;stroke-width:3}
.synod .strong,.synod .bad text{font-weight:700}
.synod .arrow.c1 line{stroke-dasharray:7 3}.synod .arrow.c2 line{stroke-dasharray:2 2.5}
.synod .arrow.c3 line{stroke-dasharray:9 3 2 3}.synod .arrow.c4 line{stroke-dasharray:4 4}
.synod .arrow.c5 line{stroke-dasharray:12 3 2 3 2 3}
)";

// @name stands for a colour; rules of equal weight further down win.
constexpr std::string_view kPlainRules = R"(.synod{background:@paper}
.synod text{fill:@ink}
.synod .paper{fill:@paper}
.synod .tick{fill:@soft}
.synod .grid,.synod .absent{stroke:@faint}
.synod .alive{stroke:@ink}
.synod .paused{stroke:@soft}
.synod .label{stroke:@paper}
.synod .band{fill:@band}
.synod .across{stroke:@band}
.synod .bad .band{fill:@blush}
.synod .bad .across{stroke:@blush}
.synod .bad text{fill:@bad}
.synod .arrow line,.synod .arrow path{stroke:@soft}
.synod .arrow .head{fill:@soft}
.synod .mark{fill:@ink;stroke:@ink}
)";
constexpr std::string_view kBallotRules =
    R"(.synod .lead.c{0},.synod .c{0} line,.synod .c{0} path{{stroke:@b{0}}}
.synod .c{0} .head{{fill:@b{0}}}
.synod .c{0} .mark{{fill:@b{0};stroke:@b{0}}}
)";
constexpr std::string_view kLastRules = R"(.synod .mark.hollow{fill:@paper}
.synod .lost line,.synod .lost path,.synod .mark.ends,.synod .ring{stroke:@bad}
)";

struct Colour {
    std::string_view name;
    std::string_view light;
    std::string_view dark;
};
constexpr std::array kColours{
    Colour{"@paper", "#ffffff", "#0d1117"}, Colour{"@ink", "#1c2128", "#e6edf3"},
    Colour{"@soft", "#6e7781", "#9199a3"},  Colour{"@faint", "#d0d7de", "#3d444d"},
    Colour{"@band", "#f0f3f6", "#1b222b"},  Colour{"@bad", "#cf222e", "#ff7b72"},
    Colour{"@blush", "#ffebe9", "#4c1519"}, Colour{"@b0", "#0958c7", "#79b8ff"},
    Colour{"@b1", "#b54708", "#ffa657"},    Colour{"@b2", "#137a3a", "#6fdd8b"},
    Colour{"@b3", "#7a2fc4", "#d2a8ff"},    Colour{"@b4", "#b3155f", "#ff9bce"},
    Colour{"@b5", "#0f6b73", "#76e3ea"},
};

std::string with_colours(std::string rules, std::string_view Colour::*which) {
    for (const Colour& colour : kColours) {
        for (std::size_t at = 0; (at = rules.find(colour.name, at)) != std::string::npos;)
            rules.replace(at, colour.name.size(), colour.*which);
    }
    return rules;
}

}  // namespace

std::string diagram_style() {
    std::string rules(kPlainRules);
    for (std::size_t ballot = 0; ballot < kBallotStyles; ++ballot)
        rules += fmt::format(kBallotRules, ballot);
    rules += kLastRules;
    return fmt::format("{}{}@media (prefers-color-scheme:dark){{\n{}}}\n", kShapes,
                       with_colours(rules, &Colour::light), with_colours(rules, &Colour::dark));
}

}  // namespace synod::trace
