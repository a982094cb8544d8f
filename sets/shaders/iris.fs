/*{
    "DESCRIPTION": "From one picture to the other through a ring of light that opens.",
    "CREDIT": "livegan",
    "ISFVSN": "2",
    "CATEGORIES": ["Transition"],
    "INPUTS": [
        {"NAME": "startImage", "TYPE": "image"},
        {"NAME": "endImage", "TYPE": "image"},
        {"NAME": "progress", "TYPE": "float", "DEFAULT": 0.0, "MIN": 0.0, "MAX": 1.0},
        {"NAME": "glow", "TYPE": "float", "DEFAULT": 0.5, "MIN": 0.0, "MAX": 2.0, "LABEL": "light of the ring"},
        {"NAME": "softness", "TYPE": "float", "DEFAULT": 0.08, "MIN": 0.001, "MAX": 0.5, "LABEL": "width of the ring"}
    ]
}*/

void main() {
    vec2 from = (isf_FragNormCoord - 0.5) * RENDERSIZE / length(RENDERSIZE);
    float edge = progress * (0.5 + 2.0 * softness) - softness;
    float away = length(from) - edge;
    float inside = smoothstep(softness, -softness, away);
    vec4 a = IMG_THIS_PIXEL(startImage);
    vec4 b = IMG_THIS_PIXEL(endImage);
    float ring = glow * exp(-away * away / (softness * softness)) * step(0.001, progress) * step(progress, 0.999);
    gl_FragColor = mix(a, b, inside) + vec4(vec3(ring), 0.0);
}
