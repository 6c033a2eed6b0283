/* 页面增强：没有这段脚本，一切仍是普通的网页与表单。不用框架，不写行内样式。 */
(function () {
  "use strict";
  var root = document.documentElement;
  var script = document.currentScript;

  function each(scope, selector, work) { Array.prototype.forEach.call(scope.querySelectorAll(selector), work); }
  function fresh(scope, selector, mark, work) {  // each thing is set up once, however often htmx brings its surroundings
    each(scope, selector, function (thing) { if (!thing[mark]) { thing[mark] = true; work(thing); } });
  }
  function remember(name, value) {
    document.cookie = name + "=" + value + ";path=/;max-age=" + (value === "normal" ? 0 : 31536000) + ";samesite=lax" + (location.protocol === "https:" ? ";secure" : "");
  }

  // —— 长者模式、高对比：不刷新就换，并记住
  function switchDisplay(button) {
    var kind = button.name, on = button.value !== "normal";
    remember(kind === "mode" ? "gov_mode" : "gov_contrast", button.value);
    if (on) { root.setAttribute("data-" + kind, button.value); } else { root.removeAttribute("data-" + kind); }
    var words = kind === "mode" ? ["标准模式", "长者模式"] : ["标准对比", "高对比"];
    each(document, ".gov-display button[name=" + kind + "]", function (other) {
      other.value = on ? "normal" : (kind === "mode" ? "elder" : "high");
      other.querySelector("span").textContent = on ? words[0] : words[1];
    });
    window.dispatchEvent(new Event("resize"));
  }
  document.addEventListener("click", function (event) {
    var button = event.target.closest(".gov-display button");
    if (button) { event.preventDefault(); switchDisplay(button); }
  });

  // —— 提交：先问，再防重复
  var dialog = document.getElementById("gov-confirm");
  function ask(words, agreed) {
    if (!dialog || !dialog.showModal) { if (window.confirm(words)) { agreed(); } return; }
    document.getElementById("gov-confirm-words").textContent = words;
    dialog.returnValue = "no";
    dialog.onclose = function () { if (dialog.returnValue === "yes") { agreed(); } };
    dialog.showModal();
  }
  document.addEventListener("submit", function (event) {
    var form = event.target, submitter = event.submitter;
    if (form.method === "dialog") { return; }
    var words = (submitter && submitter.getAttribute("data-confirm")) || form.getAttribute("data-confirm");
    if (words && !form.hasAttribute("data-agreed")) {
      event.preventDefault();
      event.stopImmediatePropagation();
      ask(words, function () {
        form.setAttribute("data-agreed", "");
        if (form.requestSubmit) { form.requestSubmit(submitter || undefined); } else { form.submit(); }
      });
      return;
    }
    form.removeAttribute("data-agreed");
    if (!/^post$/i.test(form.method) && !form.hasAttribute("data-once")) { return; }
    if (form.hasAttribute("data-sent")) { event.preventDefault(); event.stopImmediatePropagation(); return; }
    form.setAttribute("data-sent", "");
    // the name and value of the pressed button must still be sent, so it is disabled a moment later
    window.setTimeout(function () {
      if (event.defaultPrevented && !form.hasAttribute("hx-post")) { form.removeAttribute("data-sent"); return; }
      each(form, "button:not([type=button])", function (button) { button.disabled = true; });
    }, 0);
  }, true);
  function wake(form) {
    form.removeAttribute("data-sent");
    each(form, "button:disabled", function (button) { button.disabled = false; });
  }
  window.addEventListener("pageshow", function () { each(document, "form[data-sent]", wake); });
  document.addEventListener("htmx:afterRequest", function (event) { if (event.target.tagName === "FORM") { wake(event.target); } });
  document.addEventListener("change", function (event) {
    if (event.target.hasAttribute("data-submit")) { event.target.form.submit(); }
  });

  // —— 勾选整页、行高亮
  document.addEventListener("change", function (event) {
    var box = event.target, table = box.closest && box.closest("table");
    if (!table) { return; }
    if (box.hasAttribute("data-check-all")) { each(table, "[data-check]", function (one) { one.checked = box.checked; mark(one); }); }
    if (box.hasAttribute("data-check")) { mark(box); }
    var all = table.querySelectorAll("[data-check]"), on = table.querySelectorAll("[data-check]:checked");
    each(document, "[data-selected-count]", function (place) { place.textContent = on.length; });
    each(table, "[data-check-all]", function (one) { one.checked = all.length > 0 && on.length === all.length; one.indeterminate = on.length > 0 && on.length < all.length; });
  });
  function mark(box) { box.closest("tr").classList.toggle("gov-selected", box.checked); }

  // —— 复制、常用语、打印、点外面收起
  document.addEventListener("click", function (event) {
    var target = event.target;
    var copy = target.closest("[data-copy]");
    if (copy && navigator.clipboard) {
      navigator.clipboard.writeText(copy.getAttribute("data-copy")).then(function () {
        var words = copy.querySelector("span"), before = words.textContent;
        words.textContent = "已复制";
        window.setTimeout(function () { words.textContent = before; }, 2000);
      });
    }
    var phrase = target.closest("[data-phrase-for]");
    if (phrase) {
      var box = document.getElementById(phrase.getAttribute("data-phrase-for"));
      box.value = box.value ? box.value.replace(/[。；，\s]*$/, "") + "。" + phrase.textContent : phrase.textContent;
      box.focus();
    }
    if (target.closest("[data-print]")) { window.print(); }
    each(document, "details.gov-drop[open], details.gov-reveal[open]", function (open) { if (!open.contains(target)) { open.open = false; } });
  });
  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape") { each(document, "details.gov-drop[open], details.gov-reveal[open]", function (open) { open.open = false; open.querySelector("summary").focus(); }); }
  });

  // —— 金额大写（与服务器一致：亿万分组、零的读法）
  var DIGITS = "零壹贰叁肆伍陆柒捌玖", UNITS = ["", "拾", "佰", "仟"], GROUPS = ["", "万", "亿", "万亿"];
  function groupWords(number) {
    var words = "", zero = false;
    for (var place = 3; place >= 0; place--) {
      var digit = Math.floor(number / Math.pow(10, place)) % 10;
      if (digit) { words += (zero && words ? "零" : "") + DIGITS[digit] + UNITS[place]; zero = false; } else { zero = true; }
    }
    return words;
  }
  function moneyWords(text) {
    var plain = text.replace(/[,，\s]/g, "").replace(/[０-９．]/g, function (char) { return String.fromCharCode(char.charCodeAt(0) - 0xFEE0); });
    var match = /^(\d{1,12})(?:\.(\d{1,2}))?$/.exec(plain);
    if (!match) { return ""; }
    var whole = parseInt(match[1], 10), cents = ((match[2] || "") + "00").slice(0, 2), jiao = +cents[0], fen = +cents[1];
    var words = "", gap = false;
    for (var index = 3; index >= 0; index--) {
      var group = Math.floor(whole / Math.pow(10, 4 * index)) % 10000;
      if (group) { words += (words && (gap || group < 1000) ? "零" : "") + groupWords(group) + GROUPS[index]; gap = false; } else if (words) { gap = true; }
    }
    words = words ? words + "元" : (jiao || fen ? "" : "零元");
    if (!jiao && !fen) { return words + "整"; }
    if (jiao) { words += DIGITS[jiao] + "角"; } else if (words) { words += "零"; }
    return words + (fen ? DIGITS[fen] + "分" : "整");
  }
  function setUpMoney(scope) {
    fresh(scope, "[data-words-of]", "govMoney", function (output) {
      var input = document.getElementById(output.getAttribute("data-words-of"));
      if (!input) { return; }
      function show() { var words = moneyWords(input.value); output.textContent = words ? "大写：" + words : ""; }
      input.addEventListener("input", show);
      show();
    });
  }

  // —— 手写签名：手指或笔；改变屏幕方向不丢字
  function setUpSignature(scope) {
    if (!window.SignaturePad) { return; }
    fresh(scope, "[data-signature]", "govSign", function (field) {
      var canvas = field.querySelector("canvas"), hidden = field.querySelector("input[type=hidden]"), state = field.querySelector("[data-sign-state]");
      var pad = field.signaturePad = new SignaturePad(canvas, { minWidth: 1.2, maxWidth: 3.2, penColor: "#111", backgroundColor: "rgba(255,255,255,0)" });
      function keep() {
        hidden.value = pad.isEmpty() ? "" : pad.toDataURL("image/png");
        field.classList.toggle("gov-signed", !pad.isEmpty());
        state.textContent = pad.isEmpty() ? "尚未签名" : "已签名";
      }
      function fit() {
        var ratio = Math.max(window.devicePixelRatio || 1, 1), strokes = pad.toData();
        if (!canvas.offsetWidth || canvas.width === canvas.offsetWidth * ratio) { return; }
        canvas.width = canvas.offsetWidth * ratio;
        canvas.height = canvas.offsetHeight * ratio;
        canvas.getContext("2d").scale(ratio, ratio);
        pad.clear();
        pad.fromData(strokes);
      }
      pad.addEventListener("beginStroke", function () { field.classList.add("gov-signed"); });
      pad.addEventListener("endStroke", keep);
      field.querySelector("[data-clear]").addEventListener("click", function () { pad.clear(); keep(); });
      field.querySelector("[data-undo]").addEventListener("click", function () { var strokes = pad.toData(); strokes.pop(); pad.fromData(strokes); keep(); });
      window.addEventListener("resize", fit);
      fit();
    });
  }

  // —— 照片：预览，先在手机上压到 1600 像素；浏览器读不了的（如 HEIC）原样上传，由服务器转换
  var LONGEST = 1600;
  function shrink(file, done) {
    if (!/^image\/(jpeg|png|webp)$/.test(file.type) || !window.DataTransfer || !HTMLCanvasElement.prototype.toBlob) { done(file); return; }
    var url = URL.createObjectURL(file), image = new Image();
    image.onerror = function () { URL.revokeObjectURL(url); done(file); };
    image.onload = function () {
      URL.revokeObjectURL(url);
      var scale = LONGEST / Math.max(image.naturalWidth, image.naturalHeight);
      if (scale >= 1) { done(file); return; }
      var canvas = document.createElement("canvas");
      canvas.width = Math.round(image.naturalWidth * scale);
      canvas.height = Math.round(image.naturalHeight * scale);
      canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
      canvas.toBlob(function (blob) {
        done(blob && blob.size < file.size ? new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg", lastModified: file.lastModified }) : file);
      }, "image/jpeg", 0.85);
    };
    image.src = url;
  }
  function setUpPhoto(scope) {
    fresh(scope, "[data-photo]", "govPhoto", function (field) {
      var input = field.querySelector("input[type=file]"), preview = field.querySelector(".gov-photo-preview");
      input.addEventListener("change", function () {
        var files = Array.prototype.slice.call(input.files), ready = [];
        preview.textContent = files.length ? "正在处理照片…" : "";
        files.forEach(function (file, index) {
          shrink(file, function (smaller) {
            ready[index] = smaller;
            if (ready.filter(Boolean).length < files.length) { return; }
            if (window.DataTransfer) { var carrier = new DataTransfer(); ready.forEach(function (one) { carrier.items.add(one); }); input.files = carrier.files; }
            preview.textContent = "";
            ready.forEach(function (one) {
              var figure = document.createElement("figure"), words = document.createElement("figcaption");
              if (/^image\/(jpeg|png|webp|gif)$/.test(one.type)) { var image = document.createElement("img"); image.alt = "所选照片预览"; image.src = URL.createObjectURL(one); figure.appendChild(image); }
              words.textContent = one.name + "（" + Math.max(1, Math.round(one.size / 1024)) + " KB）";
              figure.appendChild(words);
              preview.appendChild(figure);
            });
          });
        });
      });
    });
  }

  // —— 选择文件：浏览器说什么语言都是中文；没有脚本时是浏览器自己的样子
  function setUpFiles(scope) {
    fresh(scope, "input[type=file].form-control", "govFile", function (input) {
      var box = document.createElement("span"), button = document.createElement("span"), words = document.createElement("span");
      box.className = "gov-file";
      button.className = "btn btn-outline-primary";
      button.textContent = input.accept.indexOf("image") === 0 ? "拍照或选图片" : "选择文件";
      words.className = "gov-note";
      button.setAttribute("aria-hidden", "true");
      words.setAttribute("aria-hidden", "true");
      function say() { words.textContent = input.files.length > 1 ? "已选 " + input.files.length + " 个" : input.files.length ? input.files[0].name : "还没有选"; }
      input.parentNode.insertBefore(box, input);
      box.appendChild(button);
      box.appendChild(words);
      box.appendChild(input);
      input.addEventListener("change", say);
      say();
    });
  }

  // —— 窄屏上每一行是一张卡片，列名写在前面；太宽的对照表照旧左右滑动
  function setUpTables(scope) {
    fresh(scope, ".gov-table-scroll > .gov-table:not(.gov-cards):not(.gov-slim)", "govTable", function (table) {
      var heads = table.querySelectorAll("thead > tr:only-child > *");
      if (!heads.length || heads.length > 8) { return; }
      table.classList.add("gov-cards");
      each(table, "tbody > tr", function (row) {
        if (row.children.length !== heads.length) { return; }
        each(row, ":scope > td", function (cell) {
          var words = heads[Array.prototype.indexOf.call(row.children, cell)].textContent.trim();
          if (words && !cell.hasAttribute("data-label") && !cell.classList.contains("gov-actions") && !cell.classList.contains("gov-row-number")) { cell.setAttribute("data-label", words); }
        });
      });
    });
  }

  // —— 已查看的敏感信息，到时自动遮回
  function setUpReveal(scope) {
    fresh(scope, "[data-hide-after]", "govHide", function (place) {
      window.setTimeout(function () { place.textContent = place.getAttribute("data-masked"); place.classList.remove("gov-revealed"); }, 1000 * place.getAttribute("data-hide-after"));
    });
  }

  // —— 目录随滚动标出所在分块
  function setUpSpy(scope) {
    fresh(scope, "[data-spy]", "govSpy", function (list) {
      if (!window.IntersectionObserver) { return; }
      var links = {}, seen = {};
      each(list, "a", function (link) { links[link.hash.slice(1)] = link; });
      var watcher = new IntersectionObserver(function (entries) {
        entries.forEach(function (entry) { seen[entry.target.id] = entry.isIntersecting; });
        var current = Object.keys(links).filter(function (id) { return seen[id]; })[0];
        if (current) { Object.keys(links).forEach(function (id) { if (id === current) { links[id].setAttribute("aria-current", "true"); } else { links[id].removeAttribute("aria-current"); } }); }
      }, { rootMargin: "-80px 0px -50% 0px" });
      Object.keys(links).forEach(function (id) { var block = document.getElementById(id); if (block) { watcher.observe(block); } });
    });
  }

  // —— 图表：用到时才取图表库；提示用画布文字，不产生行内样式
  var PALETTE = ["#1a5fb4", "#5b8fcf", "#0a3268", "#8aa1bd", "#2e8b57", "#c98a1b"], waiting = null;
  function withCharts(work) {
    if (window.echarts) { work(); return; }
    if (waiting) { waiting.push(work); return; }
    waiting = [work];
    var tag = document.createElement("script");
    tag.src = script.getAttribute("data-echarts");
    tag.onload = function () { waiting.forEach(function (each) { each(); }); };
    document.head.appendChild(tag);
  }
  function chartOption(spec) {
    var text = { fontFamily: getComputedStyle(document.body).fontFamily, fontSize: parseFloat(getComputedStyle(root).fontSize) * 0.9, color: "#4b5563" };
    var option = { color: PALETTE, textStyle: text, animation: false, tooltip: { trigger: spec.kind === "pie" ? "item" : "axis", renderMode: "richText" }, legend: { show: spec.series.length > 1 || spec.kind === "pie", bottom: 0, textStyle: text } };
    if (spec.kind === "pie") {
      option.series = [{ type: "pie", radius: ["42%", "66%"], label: { formatter: "{b} {c}" }, data: spec.categories.map(function (name, index) { return { name: name, value: spec.series[0].values[index] }; }) }];
      return option;
    }
    option.grid = { left: 8, right: 16, top: 28, bottom: spec.series.length > 1 ? 34 : 8, containLabel: true };
    option.xAxis = { type: "category", data: spec.categories, axisTick: { show: false }, axisLabel: { color: "#4b5563" }, axisLine: { lineStyle: { color: "#b9bfc9" } } };
    var whole = spec.series.every(function (one) { return one.values.every(function (value) { return value % 1 === 0; }); });
    option.yAxis = { type: "value", name: spec.unit, minInterval: whole ? 1 : 0, axisLabel: { color: "#4b5563" }, splitLine: { lineStyle: { color: "#e8ebf0" } } };
    option.series = spec.series.map(function (one) { return { name: one.name, type: spec.kind, data: one.values, barMaxWidth: 28, smooth: false, symbolSize: 6 }; });
    return option;
  }
  function setUpCharts(scope) {
    fresh(scope, "[data-chart]", "govChart", function (place) {
      var spec = JSON.parse(document.getElementById(place.getAttribute("data-chart")).textContent);
      place.textContent = "正在绘图…";
      withCharts(function () {
        place.textContent = "";
        var drawn = echarts.init(place, null, { renderer: "canvas", height: 260 });
        drawn.setOption(chartOption(spec));
        window.addEventListener("resize", function () { drawn.resize(); });
      });
    });
  }

  // —— 民主评议：人数、代表比例、表决随填随算
  function setUpQuorum(scope) {
    fresh(scope, "[data-quorum]", "govQuorum", function (table) {
      var place = document.querySelector("[data-quorum-words]"), least = Number(table.getAttribute("data-quorum")), share = Number(table.getAttribute("data-share"));
      function count() {
        var people = 0, reps = 0, votes = { TRUE: 0, NOT_TRUE: 0, ABSTAIN: 0 };
        each(table, "tbody tr", function (row) {
          if (!row.querySelector("[name=name]").value.trim()) { return; }
          people += 1;
          if (row.querySelector("[name=capacity]").value === "REPRESENTATIVE") { reps += 1; }
          var vote = row.querySelector("[name=vote]").value;
          if (vote in votes) { votes[vote] += 1; }
        });
        var wanted = Math.ceil(people * share - 1e-6);
        place.textContent = "到会 " + people + " 人（" + (people >= least ? "够数" : "还差 " + (least - people) + " 人") + "）　代表 " + reps + " 人（" + (people && reps >= wanted ? "够数" : "应不少于 " + Math.max(wanted, 1) + " 人") + "）　属实 " + votes.TRUE + "　不属实 " + votes.NOT_TRUE + "　弃权 " + votes.ABSTAIN;
      }
      table.addEventListener("input", count);
      table.addEventListener("change", count);
      count();
    });
  }

  // —— 菜单：窄屏默认收起
  function setUpFold(scope) {
    fresh(scope, "[data-fold]", "govFold", function (fold) { if (window.matchMedia("(max-width: 991px)").matches && !fold.hasAttribute("data-fold-open")) { fold.open = false; } });
  }

  function setUp(scope) { [setUpMoney, setUpSignature, setUpFiles, setUpTables, setUpPhoto, setUpReveal, setUpSpy, setUpCharts, setUpQuorum, setUpFold].forEach(function (work) { work(scope); }); }
  setUp(document);
  document.addEventListener("htmx:load", function (event) { if (event.detail.elt !== document.body) { setUp(event.detail.elt.parentNode || event.detail.elt); } });
})();
