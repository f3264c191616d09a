# What the plots share; they load it. Each run has its own colour, dash and sign, so that a print in black and white can
# be read.
#
#   gnuplot scripts/plotting/cdf.gp                                    the last run, logs/
#   gnuplot -e "runs=2; run1='a'; run2='b'" scripts/plotting/cdf.gp    two runs, a/ and b/, to compare
#
# run1, run2...: where `synod run` has written; label1, label2...: what the key calls them; out: where the pictures go,
# else to run1.

if (!exists("runs")) runs = 1
if (!exists("run1")) run1 = "logs"
if (!exists("out")) out = run1
do for [k = 1:runs] {
    if (!exists(sprintf("label%d", k))) { eval sprintf("label%d = run%d", k, k) }
}
data(what, k) = sprintf("%s/plot_%s.dat", value(sprintf("run%d", k)), what)
label(k) = sprintf("(%d) %s", k, value(sprintf("label%d", k)))

set encoding utf8
set border 3 lc rgb '#555555'
set tics nomirror out textcolor rgb '#333333'
set grid lc rgb '#b8c0c8' lw 0.8 dt 1
set key below left vertical maxcols 1 Left reverse samplen 5 spacing 1.3 noenhanced
if (runs == 1) set key off
set lmargin 12
set rmargin 5
headline(text) = sprintf("set label '%s' at screen 0.02, 0.965 left font ',14'", text)
set tmargin 4

array signs[6] = [7, 4, 9, 6, 5, 8]
colours = "#0958c7 #b54708 #137a3a #7a2fc4 #b3155f #0f6b73"
set linetype 1 dt 1
set linetype 2 dt (16,6)
set linetype 3 dt (4,4)
set linetype 4 dt (16,5,4,5)
set linetype 5 dt (28,6)
set linetype 6 dt (2,6)
do for [k = 1:6] {
    set linetype k lc rgb word(colours, k) lw 2 pt signs[k] ps 0.6
}
set linetype cycle 6

# Each plot is drawn twice.
kinds = "pdf png"
begin(name, kind) = sprintf("set terminal %s; set output '%s/plot_%s.%s'", \
    kind eq "pdf" ? "pdfcairo color font 'sans,10' size 20cm,12cm" : "pngcairo font 'sans,11' size 1200,720", \
    out, name, kind)
