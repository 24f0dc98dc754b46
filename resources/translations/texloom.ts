<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" sourcelanguage="en">
<context>
    <name></name>
    <message>
        <source>Search actions</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Actions found</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hide {panel}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drop a texture set here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A folder of PBR maps, several folders, single images, or a .texloom file. Roles are read from the file names; you can correct them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open folder…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A folder with one or several sets</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open files…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Images of one set, or .texloom files</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Queue a folder tree…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open every set below a folder and compress them all</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open project…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A .texloom-project file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try a sample</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A material that is built in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Recent projects</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Projects appear here as soon as you have opened a material. They are saved by themselves.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove from this list</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pixel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The values under the pointer, in A and in B</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Histogram</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How often each value occurs, in A and in B</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Worst spots</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where B differs most from A; a click leads there</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Seams</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How well each map continues where it repeats, in A and in B</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>red</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>green</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>blue</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>8 bit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>16 bit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>value</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Move the mouse over the material to read its values here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>column {x}, row {y}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{angle:.2f}° between the normals</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>value of 255</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>error of 255</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>texels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>texels, logarithmic</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>B is exact in this map.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The worst spots appear here when there is a result.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A | B at column {x}, row {y}: root mean square error {error:.2f} of 255. Click to go there.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Map</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>left–right</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>top–bottom</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mean step across the edge over mean step inside: 1 is seamless. A → B; in amber where B is worse.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keys</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Any key closes this sheet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>under the mouse</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Log</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy report</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Versions, device and the last lines, for a bug report</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open log folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file holds everything, with all details</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Materials</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drop folders or images here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>exact</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All maps</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Quality</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose by purpose: draft, balanced or studio</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose the size of the file; the quality follows</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Target PSNR</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose the quality in dB; the smallest file that reaches it is searched</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{bits:g} bits/texel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{bits:g} bits per texel, about {time} of training</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Bits per texel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Size of the file in bits per texel of the full-resolution maps; all maps and mips together</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>bits/texel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>KB</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The same as the size of the file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Size of the file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Training</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>PSNR over all maps; the run searches the smallest file that reaches it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{preset} – about {time}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How long to train; more time gives more quality at the same size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Training effort</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>File</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>GPU memory</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Against BCn</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add a material to see its predicted size.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{factor:.1f}× smaller</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count:,} bytes predicted for the .texloom file with all maps and mip levels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count:,} bytes predicted for what a runtime keeps in GPU memory</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Block compression (BC7, BC5, BC4) of the same maps takes {bc:g} bits per texel without mip levels; this file takes {bits:.2f} with all of them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>visibly softer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>fine at a distance</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>hard to tell in 3D</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>hard to tell side by side</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>close to exact</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not used</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Packed: {roles}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drop a folder or image files on the window to see what each file is taken for.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Role of {file}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>More about {file}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{reason}; alpha is {role}</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n channel(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>{width} × {height}, {channels}, {depth} bit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Normal map</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Green grows towards the top of the picture (+Y up)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Green grows towards the bottom of the picture (+Y down)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>OpenGL, +Y up</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>DirectX, +Y down</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Normal map: which one looks right?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The light comes from the upper left. Pick the picture whose relief looks as it should.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Material</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Settings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rate</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>State</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shown</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Runs appear here. Compare any two of them, or use the settings of one again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This material has no run yet. The funnel above shows those of all.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Runs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Bits per texel, everything counted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keys 1 to 9 show the newest runs of the current material in B, with Shift in A</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Search settings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Looks at the names and descriptions of the settings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No setting has these letters in its name or description.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Unit: {unit}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Restore the default of “{setting}”</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{low} to {high}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>At least {low}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>At most {high}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>off</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Default: {value}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Set it yourself</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Set “{setting}” yourself</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Dismiss</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start a run to watch the quality of every map rise here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Progress of the run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>loss {loss:.2e}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>step {step:,}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{time} left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count:.0f} bytes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{size} KB</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{size} MB</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{size} GB</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{seconds} s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{minutes} min {seconds:02d} s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{minutes} min</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{hours} h {minutes:02d} min</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{value} dB</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The material on a shape, lit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The maps, texel by texel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only A</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only A; hold Space to see the original at any time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Side by side</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A and B beside each other, with one camera</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Wipe</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A and B with a border to drag  (W)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Difference</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What differs between A and B, amplified  (D)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What an eye sees when A and B are flipped: 0 nothing, 1 everything  (E)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only B</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>One map instead of the whole material  (C, M)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All channels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only {channel}  ({channel})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sphere</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Plane</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cube</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cylinder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drape</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How much the difference is amplified  ([ and ])</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Gain of the difference</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The difference in false colours, with a scale  (K)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>gain {gain:g}×</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{side}: {shown}
Click to choose, or drag a run onto this.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Decoded textures</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Decoded once, read as any texture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Latents, nearest</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Decoded in the shader: the texel at each place</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Latents, bilinear</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Decoded in the shader: a blend of four texels, four times the work</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Latents, stochastic</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Decoded in the shader: one texel by chance, averaged over the samples</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Neutral</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Colours as they are painted, only highlights are compressed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>ACES</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The curve of film productions</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Filmic</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A softer film curve</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>None</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cut off at white</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Displacement</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The height map moves the surface; a mesh file gets the parallax instead</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Parallax</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The height map moves the texture, as parallax occlusion mapping does</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Off</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The height map isn&apos;t used</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Device of new runs: {device}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Chosen by itself: the fastest that there is</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Automatic ({device})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cut out where the map is black and white, else blended</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cut out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All or nothing at one half</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Blended</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lets its share through</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Repeat the material to see its seams  (T, H)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shift by half a tile, the seam in the middle</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mip levels and seams</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mip level</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>full</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The level that is shown of A and of B, as it ships  (Page down, Page up)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Colour the mip levels that are read</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mark seams that are worse in B than in A  (J)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Surface: relief, opacity, sampling</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Relief</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Height</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Opacity</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sampling</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where a neural texture&apos;s texels come from  (N)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>On part</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Of a mesh with several materials: the one that wears this material, the others are grey</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Light: environment, rotation, background, exposure, tone mapping</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Environment</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open panorama…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rotation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Grey</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Background</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Blur</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Exposure</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{stops:+.1f} EV</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tone mapping</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shift + right-drag in the view rotates the light. A panorama can be dropped on the window.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drop a material to see it here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>View of the material</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>mip {level}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No 3D view: {reason}. Shown flat.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Difference × {gain:g}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Original</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Result</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>compiling the decoder …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>decoded textures while it trains</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the OpenGL driver does not work</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no OpenGL driver was found</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the OpenGL driver does not start</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>OpenGL is only version {major}.{minor}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the OpenGL driver failed to draw ({reason})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{value:.3g} of 255</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{level} and smaller</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>neural</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} multiply-adds a pixel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{time} ms a frame</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Albedo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Normal</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Roughness</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Occlusion</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Metallic</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Specular</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Emissive</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>draft</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Draft</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>balanced</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Balanced</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>studio</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Studio</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Done</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Kept early</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Failed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Resumable</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Interrupted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Preparing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Encoding</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Measuring</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>frequency</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>triangle</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>one-blob</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>hash</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>none</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Bricks</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Worn painted metal</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Wood planks</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cobbles</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Woven fabric</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Archive</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The smallest file that can hardly be told from the original.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>First look</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A rough result within seconds, to see whether the maps are read right.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>iOS and Android</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Small enough for a download: what ASTC needs 8×8 blocks for.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Unreal environment</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Walls, floors and rocks seen from some distance: half the size of BC7 or less.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Unreal hero asset</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What the camera comes close to: trained long, at high quality.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Blender</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Godot 4</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Unity HDRP</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Unreal Engine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Size of the file in bits per texel of the full-resolution maps; all maps and mips together.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Find the smallest file that reaches this PSNR over all maps.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>dB</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Max bytes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file may not be larger than this.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>bytes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Match</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Find the smallest file that is as good as this set of block-compressed textures, and say what it saves.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export to {target}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Preset</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Preset…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The files go to {place} below this folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Browse…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All materials with a result ({count})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&lt;each material&gt;</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Into {folder}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How long to train: draft for a first look, balanced for daily work, studio for the final asset.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Time budget</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Train for this long instead of what the preset says.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Device</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where to train; auto takes a GPU if there is one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Auto</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Target maps</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>PSNR in dB that single maps have to reach, like &apos;normal=38 albedo=40&apos;; the file grows until they do.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Loss weights</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How much single maps count in training, like &apos;albedo=2 displacement=0.5&apos;; 1 for the others.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Balance</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>overall: every error counts alike, for the best PSNR of the set. balanced: every map counts alike in dB.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Overall</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Grids</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Latent grids by hand instead of from the size: stride:features:bits[:rate] each, like &apos;4:16:2 16:20:4:0.05&apos;; rate is the learning rate; a star and a number repeat a grid at half the resolution.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Decoder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hidden layers of the decoder by hand, like &apos;64-64&apos;; more is slower in the engine.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Noise</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Strength of the noise that stands for rounding early in training, in quantisation steps.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Noise anneal</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Let the noise fall to nothing instead of ending it at once when rounding begins.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Round from</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>From this part of the run on, latents are read rounded as they will be stored.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Seed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Same inputs and seed, same file.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Early stop</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop when the quality no longer improves.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Early stop interval</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Quality is compared over stretches of so many steps.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>steps</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Early stop db</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop when PSNR grew by less than this from one stretch to the next, twice in a row; 0 never stops.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Text size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Size of all text in the window.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>At start</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What the window shows first if nothing is opened with it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Home page</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Last project</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hold queue</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>After a restart, runs that waited in the queue wait until you let them go on.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Follow files</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Read a material again as soon as one of its files changes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Desktop messages</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show at the application&apos;s icon and in the tray how much is left to do, and tell when all is done.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What the network is given of a place: waves of rising frequency, a bump, a learned grid, or the bare numbers.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Frequency</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Triangle</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>One-blob</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hash</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Values</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Numbers made of each coordinate by frequency, triangle and one-blob.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hidden layers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hidden layers of the network.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Width</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Neurons in each hidden layer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Activation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What each hidden neuron does to its sum.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Swish</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Which error training makes small; the relative ones let dark texels count more.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>L2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>L1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Precision</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Numbers that are computed with; the weights that learn are float32 always. A processor without 16-bit products rounds to them instead, which costs time.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Float32</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Float16</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Bfloat16</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Weight bits</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>bits</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rounds</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How long to train, in rounds of 128 steps.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>rounds</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Train for this long instead of a number of rounds.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Learning rate</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How far each step goes, at the start.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Schedule</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How the learning rate falls to a hundredth over the run: cosine slowly at first, exponential at once, or not.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cosine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Constant</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Exponential</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Warm up</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Steps over which the learning rate rises from nothing.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Batch side</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Side of the square batch of random texels in a step: 32 are 1024 texels.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Loss scale</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Gradients are multiplied by this before 16-bit numbers hold them, and divided again in the optimiser.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hash levels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Grids of the hash encoding, from coarse to fine.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hash features</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Learned numbers at each point of a grid.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hash table</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Entries of each grid&apos;s table, as a power of two; finer grids share them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hash coarsest</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cells across of the coarsest grid.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hash finest</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cells across of the finest grid.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Alpha</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Learn the alpha channel of pictures that have one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Same picture, settings and seed, same network.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Size of the model that is fitted for the export.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The longest time that fitting the model may take.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where to fit; auto takes a GPU if there is one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Wrap</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How firmly opposite edges of the fitted model&apos;s grids are held together, so that no seam shows when the engine repeats them; 0 leaves them alone, 10 is firm.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fallback</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Textures for what can&apos;t run the decoder, in ASTC blocks with the settings of the target astc, or none.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Height of the relief from black to white, in units of the scene.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Normals</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Convention of the normal map: as in the source, OpenGL (+Y up), or DirectX (+Y down).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Opengl</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Directx</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Masks</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Occlusion, roughness and metallic packed into the channels of one BC7 texture, or one BC4 texture each.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Packed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Single</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Opacity in the alpha channel of the albedo, or a texture of its own.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Names</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Names of the files; {material} and {role} are filled in.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Block</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Texels in a block of 128 bits: 4x4 is best, 12x12 smallest; 8, 5.12, 3.56, 2, 1.28 or 0.89 bits per texel.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>4x4</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>5x5</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>6x6</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>8x8</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>10x10</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>12x12</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Normal block</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The same for the normal map, where errors show most.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Normal channels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>X, Y and Z, which every shader reads; or only X in red and Y in alpha, which are closer to the source.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Occlusion, roughness and metallic packed into the channels of one texture, or one texture each.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Zstd</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Compress the files once more with Zstandard: smaller downloads, unpacked when they are loaded.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shape</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What carries the material in the file.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Format</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>File format; float maps become EXR where it is PNG or TGA, and TGA has 8 bits.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Depth</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Bits per channel: those of the source, or the same for all files.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Layout</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Files and their channels, as in: {material}_ORM = occlusion roughness metallic; {material}_Color = albedo +opacity. Empty: those of the source.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Names of the source&apos;s files; {material} and {role} are filled in. Empty: as they were.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Language</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Language of the shader.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Slang</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Metal</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The decoder&apos;s weights as constants in the text, which is quickest, or in a buffer of their own, so that textures of the same layout share one shader.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Constants</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Buffer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Soft-box studio</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Strip lights</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Overcast sky</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only Macs with Apple silicon have one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Macs have none.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The NVIDIA driver is not installed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The NVIDIA driver finds no graphics card.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The PyTorch that is installed was built without CUDA.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The NVIDIA driver is older than the installed PyTorch needs; update it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New project</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What is open is saved</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save project as…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>From then on it saves itself</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Compress all sets below it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Watch a folder…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open what is put into it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save as .texloom…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy the finished file of B</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Of a material whose files have been moved</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Measure rate and quality</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go to the message</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>To the newest one&apos;s buttons; Esc closes it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>View in 2D</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>View in 3D</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Click looks at a material   Right-click for more   Delete closes it   ? keys</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hold the mouse over a name for what it means   Ctrl+wheel in a number: ten steps   ? keys</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Double-click into B, with Shift into A   Drag onto A or B   F2 name   Delete   ? keys</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drag changes the order   Ctrl+Up, Ctrl+Down too   Delete takes out   ? keys</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Click a result into B, with Shift into A   ? keys</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drop a picture on the lab, or start with the sample   Wheel zooms</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>drag</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Orbit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>right-drag</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pan</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>wheel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>double-click</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Unreal Engine 5, importer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The decoded maps under the source&apos;s file names, with their bit depth and channel layout, or packed by a layout of your own.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Arrays (safetensors)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The same arrays in one file with its description inside.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shader source</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The decoder as HLSL, Slang, GLSL or Metal, and the latents as raw textures, for your own engine.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>GLSL shader</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>HLSL shader</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Slang shader</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Metal shader</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>RTX Neural Shading, JSON</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>RTX Neural Shading, float16</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Why encoding matters</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A network that is given bare coordinates learns smooth shapes only. Encoded as waves, the same network sees fine steps. This trains both, one after the other; compare the two curves and the blur.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Train both</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What depth buys</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Each hidden layer folds the picture once more: more layers draw sharper edges, and cost more multiply-adds a pixel. This trains one hidden layer, then six.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Quantisation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A shipped network keeps its weights in few bits. This rounds them to 4 and shows what breaks: look for shifted colours and lost detail. The learned weights stay as they are; 8 bits are usually enough.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Round to 4 bits</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reading the error</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Grey is exact; lighter is too bright, darker too dark, amplified by the gain. Where the error looks like the picture, detail is missing; even noise is what is left at the end.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Amplify 40 times</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Out of the lab</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The network is a few kilobytes of numbers, so it can be written as shader text. This draws the picture with that GLSL text instead of the decoder and measures the difference. Export has it for HLSL, Slang and Metal.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Draw with the shader</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As it is</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The picture itself</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Flip</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>u and v exchanged</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>ID map, not a map to shade with</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>preview picture, not a map</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>cavity maps are not part of the model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>curvature maps are not part of the model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>thickness maps are not part of the model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>translucency is not part of the model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>sheen is not part of the model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>clear coat is not part of the model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>anisotropy is not part of the model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>bent normals are not part of the model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>only normals in tangent space can be used</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a second, detail normal</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>position maps are not part of the model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>flow maps are not part of the model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>light maps are not part of the model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>vector displacement is not part of the model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>MaterialX description, not a map</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>USD scene, not a map</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>glTF scene, not a map</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>mesh data, not a map</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Blender scene, not a map</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Substance archive, not a map</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Godot material, not a map</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>neural texture, not a map</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>albedo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>normal</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>roughness</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>occlusion</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>metallic</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>specular</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>displacement</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>opacity</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>emissive</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>alpha</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{file} is damaged or cut off; export or download it again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{file} is a folder, not an image.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{file} is empty (0 bytes); export or download it again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{file} can&apos;t be read: permission denied.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{file} is not a readable image: it is damaged, or something else with the ending “{ending}”; export or download it again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{file} is not a flat image; export it as one picture without depth samples.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{file} has {channels} channels; a material can have {most} at most, so leave some out.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{file} claims {width} × {height} texels; at most {most} a side can be read, so use a smaller version.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{file} can&apos;t be read: {reason}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{file} ({width} × {height}) does not fit into memory; use a smaller version.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>chosen by you</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>another file was chosen for this role</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the name says “{words}”</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not used, because {file} is the {role} already</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the name says “{words}”: {channels}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the name says “{words}”: roughness turned round</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>glossiness</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the same normals as {file} in the other convention, not used</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not used: {file} and others hold its maps one by one</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>measured against {file}, {share:.0%} sure</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>moved here by you</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is nothing to read; give a folder or image files.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the name says nothing about a map</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{channel} {role}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no other file is the colour, and the name says nothing else</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>textures of a glTF scene, which are OpenGL by definition</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the name does not say it, and there is no height map to measure it with</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the name does not say it, and {file} does not match the normals</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{material} has {channels} channels; a material can have {most} at most, so leave some maps out.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Two files are called {file}; use one of them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not used: {problem}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the channel names say so</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a normal map needs at least two channels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>more than four channels, and their names say nothing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{reason}; {roles} from {file}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the height map to measure it with can&apos;t be read</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no image in the folder {folder}; choose one with PNG, JPEG, TIFF or EXR maps.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{file} does not exist.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the name does not say it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{first} and {second} are both the {role}; use one of them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{file} is not an image; choose PNG, JPEG, TIFF, EXR, TGA or a folder of them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{file} is {reason}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Zoom</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Turn the wipe in steps</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Run into A</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>arrows</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Up</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Down</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Look at another material</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Del</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close the material</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ten steps in a number that has the keyboard</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Enter</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Run into B</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Run onto A or B</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>F2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name of the run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete or discard the run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change the order</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take out of the queue</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>click</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Run into B (1: the newest)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>drag its knob</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Move and turn the wipe</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go to one of the worst spots</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open the project</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take the project out of the list</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The middle quarter</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rotate</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Turned by 30 degrees</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mirror</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Left and right exchanged</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tile</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Two by two repeats</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Warp</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Bent into waves</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>PSNR</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Of what is shown; while a training runs, of the texels of its last round</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Samples / s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Texels learned from in a second</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Learned numbers: weights, biases and the hash encoding&apos;s table</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Multiply-adds</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>For one pixel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As a file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Of the network with its weights in the bits that are chosen above it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Steps</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Batches that the network has learned from</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As last time: what an engine or a tool needs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Decode to folder…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write the maps as image files again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close material</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its files and runs stay</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Quit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Edit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Redo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show in A</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show in B</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use these settings again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rename</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Read the files again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Move to another material…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{file} belongs to …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Of the run in B</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy as command line</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The same run in a terminal</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change settings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rename run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>In the table of runs: F2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save settings as preset…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>For other materials and projects</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Preferences…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Text size, start, files</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Compress this material</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start all materials</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>One after the other</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drop a picture here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A small network learns to be that picture while you watch: what it sees of a place, how deep it is and what is left of the error.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open picture…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>PNG, JPEG, TIFF, EXR, TGA and others</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try the sample</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A picture that comes with Texloom</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It was trained and not saved when the lab was open before</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open the picture that the network is to be compared with.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start a run to see the network learn.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What differs, amplified around mid-grey.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{bits} bit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How finely the finished weights are rounded, as looked at, saved and exported</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Weights</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Draw with the exported shader text</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How much the error is amplified</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Gain of the error</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Source</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Network</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Error</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Another picture, or a network</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tour</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Five short experiments</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Quality over time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Loss</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What training makes small</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How the network is trained, and the grids of the hash encoding</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Train a new network</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Train on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Train the network there is further</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pause</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hold the run; nothing is lost</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop and keep</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Finish now and keep what it has learned</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>End the run; the network before it comes back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Load…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A network: .texnet, or as the RTX samples keep them</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The network as a file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shader text, or the frames of the training</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Training as a moving picture…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go on with the network of {picture}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drop one anywhere on the lab.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A network; open a picture to compare it with.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>with alpha</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Resume</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>by the shader</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pictures ({patterns})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open a picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Networks ({patterns})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Load a network</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Texloom network ({patterns})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save the network</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save the training as a moving picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drop to learn this picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>to be learned: {transform}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The picture as it was opened. Network and error are compared with what is made of it: {transform}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Waiting for another run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Paused</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Finishing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Discarding</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Trained for {steps:,} step(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Start a run to watch the quality rise.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>BC</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>BC1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>ASTC-4x4</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>ASTC-5x5</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>ASTC-6x6</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>ASTC-8x8</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>ASTC-10x10</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>ASTC-12x12</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CPU</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CUDA</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>MPS</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>LeakyReLU</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>ReLU</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>tanh</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Relative L2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>SMAPE</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Bits that each finished weight is kept in, also in the file; 32 leaves it as it was learned.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>ASTC</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>XYZ</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>XY</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>PNG</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>TIFF</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>EXR</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>TGA</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>HLSL</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>GLSL</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Finish now and keep the best result so far</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>End the run and delete what it made</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add baseline…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See what BC7 or ASTC makes of this material</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hold the queue</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start nothing more; what runs goes on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel waiting runs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The one that runs goes on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Switch 2D and 3D</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>View</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drag the border between A and B</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>FLIP</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What an eye sees when A and B are flipped</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>False colours</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Of the difference, with a scale</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Turn the wipe</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its knob turns it freely, with Shift in steps</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Less gain</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>More gain</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Next map</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Whole material</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Red only (2D)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Green only (2D)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Blue only (2D)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Alpha only (2D)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show all of it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>One texel per pixel of the screen</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Next tiling</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shift by half a tile</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Smaller mip level</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Larger mip level</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Colour mip levels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The level that is read, by its colour</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mark seams</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where B tiles worse than A</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sample latents (3D)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Decode them in the shader</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Next filter of latents</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nearest, bilinear, stochastic</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Own mesh…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the material on a glTF or OBJ file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Own panorama…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Light the material with an HDR picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Materials, view and runs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Watch a network learn a picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hide panels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>In the viewport: Tab</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Full screen</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Next panel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Move the keyboard to the next part of the window</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reset layout</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Help</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Search actions…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>For a bug report</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>About Texloom</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See the original</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>hold Space</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rotate the light</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tab</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>BC7 set</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>BC7 for colour and packed channels, BC5 or BC7 for normals: what desktop games ship.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>BC1 set</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>BC1 for colour and packed channels, BC5 or BC7 for normals: the usual small choice.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>ASTC 4×4</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>ASTC with blocks of 4 × 4 texels throughout, 8.00 bits per texture.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>ASTC 5×5</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>ASTC with blocks of 5 × 5 texels throughout, 5.12 bits per texture.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>ASTC 6×6</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>ASTC with blocks of 6 × 6 texels throughout, 3.56 bits per texture.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>ASTC 8×8</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>ASTC with blocks of 8 × 8 texels throughout, 2.00 bits per texture.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>ASTC 10×10</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>ASTC with blocks of 10 × 10 texels throughout, 1.28 bits per texture.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>ASTC 12×12</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>ASTC with blocks of 12 × 12 texels throughout, 0.89 bits per texture.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Two feature grids as DDS and the network as NPZ, as the NeuralTextureTraining importer reads them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Unreal Engine 5.4</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The neural texture for an engine without changes: latents as DDS, the shader of a Custom node, and a script that imports the textures and builds the material.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>iOS and macOS</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A Core ML model of the neural texture, its shader in Metal with the latents, and ASTC textures to fall back on.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>MaterialX</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A MaterialX document with a Standard Surface, and an image for each map.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>USD</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A USD stage with a preview surface on a sphere, and an image for each map.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>BC textures (DDS)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Block-compressed DDS files with all mip levels for desktop and consoles: BC7, BC5, BC4 and BC6H.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>ASTC textures (KTX2)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>KTX 2.0 files with all mip levels for iOS and Android, in ASTC blocks of a size of your choice.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>glTF (GLB)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>One GLB file with base colour, packed occlusion, roughness and metallic, normals and a preview shape.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Image files</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Arrays (NPZ)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Latents and decoder weights as plain arrays with a description, for your own tools.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take everything that waits out of the queue</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What you start waits here for its turn. Drag to change the order.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Run next</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Run last</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Discard</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go on: start what waits, in this order</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hold: start nothing more; what runs goes on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Queue</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Maps</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Which file is which map, and why</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Advanced</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where and how the run trains</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save as…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No material</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n to check</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n used</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n changed</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>The run searches the smallest file that is as good as the {baseline}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The run searches the smallest file that reaches the target.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drop a folder anywhere on the window.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reading…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Files missing</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n map(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Open it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Texloom ended unexpectedly; its project was kept.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add materials</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Runs of all materials, not only of the one that is looked at</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Compress</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Inspect</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rates</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Home</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lab</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add baseline</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export to</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open recent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show or hide {panel}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Samples</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drop a folder of maps anywhere on the window</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Space original   W wipe   D difference   E FLIP   R G B A channel   C next map   Z 1:1   ? keys</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Space original   W wipe   D difference   E FLIP   C map   T tiling   Shift+right-drag light   ? keys</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Queue another run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export again: {target}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{bits:.4g} bits/texel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Undo: {change}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Redo: {change}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The settings of run {number} are used again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The command line is in the clipboard.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing opened yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Texloom projects ({patterns})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open a project</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Project</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save the project</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The project is kept in {file} from now on.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Compress every texture set below a folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No folder is watched any more.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open what is put into a folder from now on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Materials that are put into {folder} are opened from now on.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Preferences</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open a folder with texture sets</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open the images of one set, or .texloom files</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Maps and neural textures ({patterns})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where are the files of {material}?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Meshes ({patterns})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open a mesh</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Panoramas ({patterns})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open a panorama</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save as .texloom</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no finished run to export yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drop to open</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Drop to open %n item(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>The report is in the clipboard.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Window</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Space   The original is shown until the key is let go</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ctrl+Shift+P search actions   ? keys</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drag moves the wipe</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{keys}   does nothing here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Texloom turns PBR texture sets into neural textures. Apache License 2.0; the typeface is Inter (SIL Open Font License).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Presets</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Settings for a purpose, with one click</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save settings as preset</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name, by what it is good for</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save as preset…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete preset</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Undo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The settings are those of “{preset}”.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The preset “{preset}” was deleted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Details</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Wrote {names} to {folder}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Wrote %n file(s) to {folder}.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>There is not enough memory for this; close other materials or use a smaller set.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Something went wrong inside Texloom ({error}). The log has the details.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Saved as preset “{preset}”.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close the tour</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Next</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tour  ·  {step} of {steps}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Run {number}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Saving {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Exporting {name} to {folder}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The export of {name} needs training of its own; it starts after the present run.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{psnr} dB.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All files in {folder} are up to date already.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) were up to date already.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>{target}: {materials}, {written}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{target}: {materials}, {written}, {same}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n material(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) written</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) were up to date already</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>The export of {name} was cancelled.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no finished run to export yet; start one first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{path} can&apos;t be written: {reason}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open a picture first, or take the sample.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A training runs; stop it first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Bare coordinates</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As waves</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>One layer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Six layers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Trained</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{network} is training …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name}: {psnr} dB.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{before} dB with whole weights, {now} dB with {bits} bits each.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The error is shown {gain:.0f} times as strong; the slider above it turns it back.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The shader is being compiled …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drawn by the shader. It differs by {steps:.2f} of 255 steps at most.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The network has an alpha channel and the picture has none.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The picture has an alpha channel and the network has none; Alpha in the settings leaves it out.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The network has another shape than the settings ask for; Start trains a new one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sample</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Making the sample</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The picture {path} is gone; save the network to keep it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lab: {picture}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This network takes {count:,} multiply-adds a pixel; compiling its shader would take minutes, so at most {most:,} are drawn here. Export it instead.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drawing with the shader</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is the picture itself; choose another name.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Written: {path}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Writing {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A training runs; stop it before another picture is opened.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A training runs; stop it before a network is loaded.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Something unexpected went wrong; the log has the details.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The run was discarded.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Moving the picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Decoding</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reading {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Something went wrong inside Texloom ({error}). Your files are untouched; the log has the details.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Looking at files</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{material} is open already.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n material(s) are open already.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n material(s) opened.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n of them have files to check.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Show</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) can&apos;t be read; see Maps.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>No file is used as a map yet. Choose a role for at least one of them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>The files of %n material(s) are not where they were.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Looking for files</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>None of the files of {material} is in {folder}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) of {material} were found in {folder}.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n more material(s) moved along.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Locate them too</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n material(s) have their files again.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Locate the files of {material}</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Locate the files of %n material(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Change role of {file}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Move {file} to {material}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{file} belongs to {material} now.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change normal convention</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close {material}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{material} was closed; its files and runs stay.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Measuring {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ready</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Needs a look</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{run} of {material}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Working</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>as good as {baseline}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>at most {size}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>On hold</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n waiting</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Nothing waits</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>about {time} in all</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>NVIDIA graphics card</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Apple graphics processor</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Processor</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>CPU, %n core(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>just now</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n minute(s) ago</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n hour(s) ago</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n day(s) ago</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>run {number}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>angle {angle:.1f}°</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{path} was written by a newer Texloom; update to use it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{path} is no preset of Texloom.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A preset needs a name.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{path} can&apos;t be read: {reason}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{path} is damaged: it is no Texloom project.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{path} is no Texloom project.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{path} was written by a newer Texloom; update to open it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{path} is damaged: its {field} can&apos;t be understood.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Untitled</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go back</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n run(s) of “{project}” will go on when it is opened again.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>{name} could not be taken up again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A material could not be taken up again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n job(s) of “{project}” will go on when it is opened again.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n job(s) wait in the queue since last time.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>This project is open in another window already.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>{names} and %n more</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Texloom ended unexpectedly; this is “{project}” as it was {seconds} s ago.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Texloom ended unexpectedly; this is “{project}” as it was {minutes} min ago.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Texloom ended unexpectedly; this is “{project}” as it was some time ago.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>you chose this for “{ending}” before</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The run can&apos;t be stored in {folder}: {reason}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n run(s) were interrupted and can be resumed: see Runs.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Go on</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n run(s) wait in the queue since last time.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n material(s) have a result with these settings already and were left out.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Start them too</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose the roles of the files first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete {run} of {material}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{run} of {material} was deleted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Compressing {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try again</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n run(s) failed; the last one was {material}: {problem}</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Try all again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The run of {material} was discarded.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Discard the run of {material}</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n run(s) were discarded.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Discard %n run(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>{name} is done.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name}: {psnr} dB at {rate:.2f} bits per texel, {mips:.2f} with mip levels.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name}: {psnr} dB at {rate:.2f} bits per texel.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mip level {level}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Decoding {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The record of this run does not say which files it was made from.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{material} has its files again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The files of {material} have changed; they were read again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Looking at new files</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{material} has new files; it was read again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>New in a watched folder: {names} and %n more.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>New in a watched folder: {names}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Finished runs stand here by size and quality, beside what BC7 or ASTC makes of the material.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Measure the curve</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Queue runs of this material at several sizes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As good as {baseline} at {bits:.1f} instead of {theirs:.1f} bits per texel: {times:.1f}×</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>At {bits:.1f} bits per texel {gain:.1f} dB better than {baseline} at {theirs:.1f}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>PSNR over bits per texel, everything counted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{rate:.2f} bits per texel, {psnr} dB</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The queue has come to its end.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Locate files…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose the folder that they are in now; runs and roles stay</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{file} is not in {folder} any more.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>{file} and %n more file(s) are not in {folder} any more.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
</context>
</TS>
