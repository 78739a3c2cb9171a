"use strict";
(function () {
  const data = JSON.parse(document.getElementById("page-data").textContent);
  const place = (at) => [at[0] / data.steps, at[1] / data.steps];
  const unpacked = (line) => {
    const points = [];
    let lat = 0, lon = 0;
    for (let i = 0; i < line.length; i += 2) {
      lat += line[i];
      lon += line[i + 1];
      points.push(place([lat, lon]));
    }
    return points;
  };
  const text = (words) => {
    const box = document.createElement("div");
    for (const word of words) {
      const row = document.createElement("div");
      row.textContent = word;
      box.append(row);
    }
    return box;
  };
  const map = L.map("map", { preferCanvas: true, zoomSnap: 0.25, attributionControl: false });
  map.fitBounds(data.view.map(place));
  const still = { interactive: false };
  L.polygon(data.land.map((ring) => [unpacked(ring)]), { ...still, stroke: false, fillColor: data.colours.land, fillOpacity: 1 }).addTo(map);
  L.polyline(data.roads.map(unpacked), { ...still, color: data.colours.road, weight: 0.6, opacity: 0.5 }).addTo(map);
  L.polyline(data.regions.map(unpacked), { ...still, color: data.colours.region, weight: 0.8, opacity: 0.6 }).addTo(map);
  for (const [lat, lon, name] of data.places) {
    L.marker(place([lat, lon]), { ...still, icon: L.divIcon({ className: "place", html: text([name]), iconSize: null }) }).addTo(map);
  }
  const lines = data.lines.map((each) => {
    const plant = data.plants[each.plant], customer = data.customers[each.customer];
    const line = L.polyline([place(plant.at), place(customer.at)], { color: plant.colour, weight: each.width, opacity: 0.8 });
    return line.bindTooltip(text([`${plant.name} to ${customer.name}`, each.says]), { sticky: true });
  });
  for (const each of data.customers) {
    const colour = each.served ? data.colours.ink : data.colours.attention;
    L.circleMarker(place(each.at), { radius: each.radius, color: colour, weight: 1.5, fillColor: "#ffffff", fillOpacity: 0.75 })
      .bindTooltip(text([each.name, each.says, each.served ? "" : "not served in full"].filter(Boolean)))
      .addTo(map);
  }
  const marks = data.plants.map((each, number) => {
    const badge = document.createElement("div");
    badge.className = "plant";
    badge.style.background = each.colour;
    badge.textContent = each.stage === null ? "•" : String(each.stage);
    const icon = L.divIcon({ className: "", html: badge, iconSize: [26, 26] });
    const mark = L.marker(place(each.at), { icon, title: each.name, alt: each.name, riseOnHover: true });
    return mark.bindTooltip(text([each.name, each.says])).on("click", () => choose(number));
  });
  const rows = [...document.querySelectorAll("tr[data-plant]")];
  const stage = document.getElementById("stage");
  let chosen = null;
  function draw() {
    const now = Number(stage.value);
    const open = (plant) => plant.stage === null || plant.stage <= now;
    document.getElementById("stage-said").textContent = `${now} of ${stage.max}`;
    marks.forEach((mark, number) => (open(data.plants[number]) ? mark.addTo(map) : mark.remove()));
    lines.forEach((line, number) => {
      const plant = data.lines[number].plant;
      if (!open(data.plants[plant])) {
        line.remove();
        return;
      }
      line.addTo(map).setStyle({ opacity: chosen === null || chosen === plant ? 0.8 : 0.12 });
    });
    rows.forEach((row, number) => row.classList.toggle("chosen", number === chosen));
  }
  function choose(number) {
    chosen = chosen === number ? null : number;
    draw();
  }
  rows.forEach((row, number) => {
    row.addEventListener("click", () => choose(number));
    row.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        choose(number);
      }
    });
  });
  stage.addEventListener("input", draw);
  draw();
  document.getElementById("map").dataset.ready = "yes";
})();
