/*{
    "DESCRIPTION": "A kaleidoscope whose picture leaves trails that drift outwards.",
    "CREDIT": "livegan",
    "ISFVSN": "2",
    "CATEGORIES": ["Filter"],
    "INPUTS": [
        {"NAME": "inputImage", "TYPE": "image"},
        {"NAME": "amount", "TYPE": "float", "DEFAULT": 1.0, "MIN": 0.0, "MAX": 1.0, "LABEL": "from the picture to its reflections"},
        {"NAME": "sides", "TYPE": "long", "DEFAULT": 6, "MIN": 2, "MAX": 24, "LABEL": "number of mirrors"},
        {"NAME": "angle", "TYPE": "float", "DEFAULT": 0.0, "MIN": 0.0, "MAX": 1.0, "LABEL": "turned, 1 is all the way round"},
        {"NAME": "zoom", "TYPE": "float", "DEFAULT": 1.0, "MIN": 0.25, "MAX": 4.0},
        {"NAME": "trails", "TYPE": "float", "DEFAULT": 0.6, "MIN": 0.0, "MAX": 0.98, "LABEL": "how long trails stay"},
        {"NAME": "clear", "TYPE": "event", "LABEL": "wipes the trails when it rises above 0.5"}
    ],
    "PASSES": [
        {"TARGET": "seen", "PERSISTENT": true, "FLOAT": true},
        {}
    ]
}*/

vec2 reflected(vec2 at) {
    vec2 from = (at - 0.5) * RENDERSIZE / RENDERSIZE.y;
    float wedge = 3.14159265 / float(sides);
    float turned = mod(atan(from.y, from.x) + angle * 6.2831853, 2.0 * wedge);
    turned = abs(turned - wedge);
    vec2 to = length(from) / zoom * vec2(cos(turned), sin(turned));
    return abs(mod(to * RENDERSIZE.y / RENDERSIZE + 1.5, 2.0) - 1.0);
}

void main() {
    if (PASSINDEX == 0) {
        vec4 fresh = IMG_NORM_PIXEL(inputImage, mix(isf_FragNormCoord, reflected(isf_FragNormCoord), amount));
        vec4 before = IMG_NORM_PIXEL(seen, (isf_FragNormCoord - 0.5) * 0.985 + 0.5);
        float kept = clear ? 0.0 : pow(trails, TIMEDELTA * 30.0);
        gl_FragColor = vec4(max(fresh.rgb, before.rgb * kept), 1.0);
    } else {
        gl_FragColor = IMG_THIS_PIXEL(seen);
    }
}
