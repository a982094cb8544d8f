/*{
    "DESCRIPTION": "The spectrum as a wheel: low notes at the hub, high ones at the rim.",
    "CREDIT": "livegan",
    "ISFVSN": "2",
    "CATEGORIES": ["Generator"],
    "INPUTS": [
        {"NAME": "spectrum", "TYPE": "audioFFT", "MAX": 256},
        {"NAME": "arms", "TYPE": "long", "DEFAULT": 8, "MIN": 1, "MAX": 32, "LABEL": "number of spokes"},
        {"NAME": "twist", "TYPE": "float", "DEFAULT": 1.2, "MIN": -6.0, "MAX": 6.0, "LABEL": "how far the spokes bend"},
        {"NAME": "turning", "TYPE": "float", "DEFAULT": 0.05, "MIN": -2.0, "MAX": 2.0, "LABEL": "turns a second"},
        {"NAME": "inside", "TYPE": "color", "DEFAULT": [1.0, 0.55, 0.1, 1.0]},
        {"NAME": "outside", "TYPE": "color", "DEFAULT": [0.1, 0.35, 1.0, 1.0]},
        {"NAME": "centre", "TYPE": "point2D", "DEFAULT": [0.5, 0.5], "MIN": [0.0, 0.0], "MAX": [1.0, 1.0]}
    ]
}*/

void main() {
    vec2 from = (isf_FragNormCoord - centre) * RENDERSIZE / min(RENDERSIZE.x, RENDERSIZE.y);
    float radius = length(from) * 1.5;
    float angle = atan(from.y, from.x) / 6.2831853 + TIME * turning + twist * radius / 6.2831853;
    float loud = IMG_NORM_PIXEL(spectrum, vec2(pow(min(radius, 1.0), 2.0) * 0.6, 0.5)).r;
    loud = clamp(loud * (1.0 + radius), 0.0, 1.0);
    float spoke = abs(fract(angle * float(arms)) - 0.5) * 2.0;
    float light = smoothstep(1.0 - loud, 1.15 - loud * 0.6, 1.0 - spoke * 0.9);
    vec3 colour = mix(inside.rgb, outside.rgb, clamp(radius, 0.0, 1.0));
    gl_FragColor = vec4(colour * light * (0.4 + 0.8 * loud), light * smoothstep(1.15, 0.95, radius));
}
